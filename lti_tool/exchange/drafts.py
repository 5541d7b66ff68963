"""A question on its way out of a file: its notes, its images, and whether it can be represented at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from lti_tool.exchange import formulas, limits
from lti_tool.exchange.found import (
    Code,
    FoundOption,
    FoundQuestion,
    Image,
    Imported,
    LeftOut,
    Note,
    Place,
    Severity,
    Unreadable,
    UnreadableFile,
)
from lti_tool.exchange.html_text import Loss, Read, read_html
from lti_tool.exchange.images import FindsImage, Images, Refused, nowhere
from lti_tool.exchange.text import clean, one_line, quoted

Progress = Callable[[int, int], None]
# How far a weight may be from its share of 100 %; three thirds are often written as 33.3.
_ROUNDING = 1.0


@dataclass(slots=True)
class RawOption:
    """`weight` is in per cent of the question; `right` alone decides where the file has no weights."""

    text: str
    right: bool
    feedback: str = ""
    weight: float | None = None


@dataclass(slots=True)
class Draft:
    name: str
    place: Place
    images: Images
    changes: list[Loss] = field(default_factory=list)
    pictures: list[Image] = field(default_factory=list)

    def change(self, code: Code, **values: str | int) -> None:
        """Notes it once; what it quotes of the file is cut to a readable length. LeftOut when there is no end to it."""
        texts = {key: quoted(value, limits.QUOTED) for key, value in values.items() if isinstance(value, str)}
        loss: Loss = (code, {**values, **texts})
        if loss in self.changes:
            return
        if len(self.changes) >= limits.NOTES_EACH:
            raise LeftOut(Code.NOT_UNDERSTOOD)
        self.changes.append(loss)

    def named(self, code: Code, names: Sequence[str]) -> None:
        if names:
            self.change(code, names=", ".join(names))

    def html(self, source: str, find: FindsImage = nowhere) -> str:
        """As plain text; its images stay with the question, where they stood is left in brackets."""
        return self.read(lambda picture: read_html(source, picture), find)

    def question_html(self, source: str, find: FindsImage = nowhere) -> str:
        return self.question_text(lambda picture: read_html(source, picture), find)

    def question_text(self, reading: Callable[[Callable[[str, str], str]], Read], find: FindsImage) -> str:
        """As `read`, but images after the text need no mark: that is where they are shown."""
        text = self.read(reading, find, moved=False)
        shown = text
        for image in reversed(self.pictures):
            if not shown.endswith(f"[{image.name}]"):
                self.change(Code.IMAGE_MOVED, name=image.name)
                break
            shown = shown.removesuffix(f"[{image.name}]").rstrip()
        return shown or text

    def read(
        self, reading: Callable[[Callable[[str, str], str]], Read], find: FindsImage, *, moved: bool = True
    ) -> str:
        found = reading(lambda address, alt: self._picture(address, alt, find, moved=moved))
        for code, values in found.losses:
            self.change(code, **values)
        return found.text

    def plain(self, text: str) -> str:
        text = clean(text)
        if len(text) > limits.TEXT:
            raise LeftOut(Code.TOO_LONG, most=limits.TEXT)
        if formulas.in_text(text):
            self.change(Code.FORMULA)
        return text

    def _picture(self, address: str, alt: str, find: FindsImage, *, moved: bool) -> str:
        try:
            image = self._named_apart(self.images.take(address, quoted(alt, limits.QUOTED), find))
        except Refused as refusal:
            self.change(refusal.code, **refusal.values)
            return f"[{alt}]" if alt else ""
        if moved:
            self.change(Code.IMAGE_MOVED, name=image.name)
        return f"[{image.name}]"

    def _named_apart(self, image: Image) -> Image:
        """The same image under the same name counts once; another one of that name gets a number."""
        names = {other.name: other for other in self.pictures}
        stem, dot, ending = image.name.rpartition(".")
        name, number = image.name, 1
        while name in names and names[name].data != image.data:
            number += 1
            name = f"{stem}-{number}{dot}{ending}"
        if name not in names:
            if len(names) >= limits.IMAGES_EACH:
                raise Refused(Code.IMAGE_TOO_LARGE, name=name, most=limits.IMAGES_EACH)
            self.pictures.append(replace(image, name=name))
        return replace(image, name=name)


def all_or_nothing(draft: Draft, options: Sequence[RawOption], *, single: bool) -> None:
    """Settle `right` by the weights; LeftOut when no all-or-nothing marking gives the same to a perfect answer."""
    weights = [option.weight or 0.0 for option in options]
    for option, weight in zip(options, weights, strict=True):
        option.right = weight > 0
    shares = [weight for weight in weights if weight > 0]
    if not shares:
        raise LeftOut(Code.NO_RIGHT_ANSWER)
    if single and len(shares) > 1:
        raise LeftOut(Code.SEVERAL_RIGHT if min(shares) >= 100 - _ROUNDING else Code.PARTIAL_CREDIT)
    if max(shares) - min(shares) > _ROUNDING or abs(sum(shares) - 100) > _ROUNDING:
        raise LeftOut(Code.PARTIAL_CREDIT)
    if len(shares) > 1:
        draft.change(Code.ALL_OR_NOTHING)


def name_truths(draft: Draft, options: Sequence[RawOption], words: tuple[str, str]) -> None:
    """Options that a platform calls true and false in its own tongue, in ours."""
    names = dict(zip(("true", "false"), words, strict=True))
    for option in options:
        if option.text.lower() in names:
            option.text = names[option.text.lower()]
            draft.change(Code.TRUE_FALSE)


@dataclass(slots=True)
class Findings:
    """All that comes out of one file. `expected` is how many questions there will be, for the progress."""

    format: str = ""
    expected: int = 0
    progress: Progress | None = None
    true_false: tuple[str, str] = ("True", "False")
    questions: list[FoundQuestion] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    images: Images = field(default_factory=Images)
    number: int = 0
    size: int = 0

    @contextmanager
    def question(self, name: str = "", line: int | None = None, file: str = "") -> Iterator[Draft]:
        """A question is read within; LeftOut becomes its note, and nothing else of it is kept."""
        self.number += 1
        if self.number > limits.QUESTIONS:
            raise UnreadableFile(Unreadable.TOO_MANY_QUESTIONS, line)
        whole = one_line(name)
        draft = Draft(quoted(whole, limits.NAME), Place(self.number, line, file), self.images)
        if draft.name != whole:
            draft.change(Code.NAME_CUT)
        try:
            yield draft
        except LeftOut as left:
            self._note(_note(draft, Severity.LEFT_OUT, left.code, left.values))
        self._tell()

    def keep(self, draft: Draft, text: str, options: Sequence[RawOption], *, single: bool, general: str = "") -> None:
        """`options` and all texts are plain by now. LeftOut when they make no question."""
        if not text:
            raise LeftOut(Code.NO_TEXT)
        _check(options, single=single)
        self.size += len(text) + len(general) + sum(len(option.text) + len(option.feedback) for option in options)
        if self.size > limits.TEXTS:
            raise UnreadableFile(Unreadable.TOO_LARGE, draft.place.line)
        self.questions.append(
            FoundQuestion(
                draft.name,
                text,
                "single" if single else "multiple",
                tuple(FoundOption(option.text, option.right, option.feedback) for option in options),
                general,
                tuple(draft.pictures),
                draft.place,
            )
        )
        for code, values in draft.changes:
            self._note(_note(draft, Severity.CHANGED, code, values))

    def about_file(self, code: Code, **values: str | int) -> None:
        self._note(Note(None, "", Severity.CHANGED, code, values))

    def category(self, name: str, line: int | None = None) -> None:
        values = {"name": quoted(one_line(name), limits.QUOTED)}
        self._note(Note(Place(self.number + 1, line), "", Severity.CHANGED, Code.CATEGORY, values))

    def _note(self, note: Note) -> None:
        self.notes.append(note)
        if len(self.notes) > limits.NOTES:
            raise UnreadableFile(Unreadable.TOO_COMPLEX, note.place.line if note.place else None)

    def imported(self) -> Imported:
        """UnreadableFile when the file had nothing that looks like a question."""
        if not self.number:
            raise UnreadableFile(Unreadable.NO_QUESTIONS)
        if self.progress:
            self.progress(self.number, self.number)
        return Imported(self.format, tuple(self.questions), tuple(self.notes))

    def _tell(self) -> None:
        total = max(self.expected, self.number)
        if self.progress and self.number % max(1, total // 100) == 0:
            self.progress(self.number, total)


def _check(options: Sequence[RawOption], *, single: bool) -> None:
    rights = sum(option.right for option in options)
    if len(options) < 2:
        raise LeftOut(Code.TOO_FEW_OPTIONS)
    if len(options) > limits.OPTIONS:
        raise LeftOut(Code.TOO_MANY_OPTIONS, most=limits.OPTIONS)
    if not all(option.text for option in options):
        raise LeftOut(Code.EMPTY_OPTION)
    if not rights:
        raise LeftOut(Code.NO_RIGHT_ANSWER)
    if rights == len(options):
        raise LeftOut(Code.NO_WRONG_ANSWER)
    if single and rights > 1:
        raise LeftOut(Code.SEVERAL_RIGHT)


def _note(draft: Draft, severity: Severity, code: Code, values: Mapping[str, str | int]) -> Note:
    return Note(draft.place, draft.name, severity, code, values)


def share_feedback(draft: Draft, options: Sequence[RawOption], right: str, wrong: str, *, single: bool) -> None:
    """Feedback on the whole answer goes to the options that have none of their own, where one option is the answer."""
    for is_right, text in ((True, right), (False, wrong)):
        bare = [option for option in options if option.right is is_right and not option.feedback]
        if not text:
            continue
        if not (single and bare):
            draft.change(Code.FEEDBACK_DROPPED, text=text)
            continue
        for option in bare:
            option.feedback = text
        draft.change(Code.FEEDBACK_MERGED, text=text)
