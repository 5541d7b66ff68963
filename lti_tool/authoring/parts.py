"""The parts of a module while they are written: as in `programme.content`, but any text may still be empty.

What a part consists of is the same in every language: `blank` is a part without its texts, `filled` the same part
with another one's. `texts` are what is written, by the names that forms use; `with_texts` takes as many of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

LEVELS = 4


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


Words = Annotated[str, BeforeValidator(_as_text)]
P = TypeVar("P", bound="Part")


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    def with_(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)

    def written(self, names: Iterable[str]) -> dict[str, str]:
        return {name: getattr(self, name) for name in names}

    def rewritten(self, texts: Mapping[str, str], names: Iterable[str], prefix: str = "") -> Self:
        return self.with_(**{name: texts[prefix + name] for name in names if prefix + name in texts})


class Item(Part):
    """A part among others of its kind."""

    key: str

    def blank(self) -> Self:
        return type(self)(key=self.key)

    def filled(self, own: Self) -> Self:
        return own

    def texts(self) -> dict[str, str]:
        raise NotImplementedError

    def with_texts(self, texts: Mapping[str, str]) -> Self:
        raise NotImplementedError

    @property
    def name(self) -> str:
        """What people know it by."""
        return next(iter(self.texts().values()))


class DraftOption(Part):
    key: str
    text: Words = ""
    correct: bool = False
    feedback: Words = ""


class DraftImage(Part):
    digest: str
    alternative: Words = ""


class DraftQuestion(Item):
    text: Words = ""
    kind: Literal["single", "multiple"] = "single"
    options: tuple[DraftOption, ...] = ()
    images: tuple[DraftImage, ...] = ()

    def blank(self) -> Self:
        options = tuple(DraftOption(key=option.key, correct=option.correct) for option in self.options)
        images = tuple(DraftImage(digest=image.digest) for image in self.images)
        return type(self)(key=self.key, kind=self.kind, options=options, images=images)

    def filled(self, own: Self) -> Self:
        said, seen = by_key(own.options), {image.digest: image.alternative for image in own.images}
        options = tuple(
            option.with_(text=said[option.key].text, feedback=said[option.key].feedback)
            if option.key in said
            else option
            for option in self.options
        )
        images = tuple(image.with_(alternative=seen.get(image.digest, "")) for image in self.images)
        return self.with_(text=own.text, options=options, images=images)

    def texts(self) -> dict[str, str]:
        found = {"text": self.text}
        for number, image in enumerate(self.images, start=1):
            found[f"image-{number}"] = image.alternative
        for option in self.options:
            found |= {f"option-{option.key}-text": option.text, f"option-{option.key}-feedback": option.feedback}
        return found

    def with_texts(self, texts: Mapping[str, str]) -> Self:
        options = tuple(
            option.rewritten(texts, ("text", "feedback"), f"option-{option.key}-") for option in self.options
        )
        images = tuple(
            image.with_(alternative=texts.get(f"image-{number}", image.alternative))
            for number, image in enumerate(self.images, start=1)
        )
        return self.rewritten(texts, ("text",)).with_(options=options, images=images)

    @property
    def right(self) -> frozenset[str]:
        return frozenset(option.key for option in self.options if option.correct)


class DraftLevel(Part):
    key: str
    label: Words = ""
    description: Words = ""


class DraftCriterion(Item):
    title: Words = ""
    question: Words = ""
    levels: tuple[DraftLevel, ...] = ()
    comment_prompt: Words = ""

    def blank(self) -> Self:
        return type(self)(key=self.key, levels=tuple(DraftLevel(key=level.key) for level in self.levels))

    def filled(self, own: Self) -> Self:
        said = by_key(own.levels)
        levels = tuple(said.get(level.key, level) for level in self.levels)
        return own.with_(levels=levels)

    def texts(self) -> dict[str, str]:
        found = self.written(("title", "question"))
        for level in self.levels:
            found |= {f"level-{level.key}-label": level.label, f"level-{level.key}-description": level.description}
        return found | self.written(("comment_prompt",))

    def with_texts(self, texts: Mapping[str, str]) -> Self:
        levels = tuple(level.rewritten(texts, ("label", "description"), f"level-{level.key}-") for level in self.levels)
        return self.rewritten(texts, ("title", "question", "comment_prompt")).with_(levels=levels)


class DraftForm(Part):
    introduction: Words = ""
    criteria: tuple[DraftCriterion, ...] = ()
    overall_prompt: Words = ""


class DraftVideo(Item):
    """`minutes` is what was typed; a line of `questions` is one of them."""

    title: Words = ""
    url: Words = ""
    minutes: Words = ""
    summary: Words = ""
    transcript: Words = ""
    questions: tuple[str, ...] = ()

    _NAMES = ("title", "url", "minutes", "summary", "transcript")

    def texts(self) -> dict[str, str]:
        return self.written(self._NAMES) | {"questions": "\n".join(self.questions)}

    def with_texts(self, texts: Mapping[str, str]) -> Self:
        lines = texts["questions"].split("\n") if "questions" in texts else self.questions
        asked = tuple(line.strip() for line in lines if line.strip())
        return self.rewritten(texts, self._NAMES).with_(questions=asked)


class DraftTopic(Item):
    title: Words = ""
    text: Words = ""

    def texts(self) -> dict[str, str]:
        return self.written(("title", "text"))

    def with_texts(self, texts: Mapping[str, str]) -> Self:
        return self.rewritten(texts, ("title", "text"))


K = TypeVar("K", DraftOption, DraftLevel, Item)


def by_key(parts: Iterable[K]) -> dict[str, K]:
    return {part.key: part for part in parts}
