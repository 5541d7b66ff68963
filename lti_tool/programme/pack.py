"""Reads a content pack (the format is in config/programmes/README.md) and tells every mistake in it at once.

Reading only: nothing is stored, so a pack with a mistake changes nothing.
"""

import codecs
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from lti_tool.paths import CONFIG
from lti_tool.programme import pack_rules as rules
from lti_tool.programme.content import (
    EvaluationForm,
    Figures,
    Heading,
    ModuleContent,
    ProgrammeContent,
    Question,
    Step,
    Video,
)
from lti_tool.programme.kinds import Content, Key, Language
from lti_tool.programme.pack_markdown import markdown_faults, words
from lti_tool.programme.pack_words import explain
from lti_tool.programme.yaml_lines import Fault, Marked, read_yaml

LARGEST_FILE = 256 * 1024  # bytes
# Brackets that are never closed take time by the square of their number.
LARGEST_MARKDOWN = 64 * 1024
READING_WORDS_MIN = 900
_NAME = re.compile(r"(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_UNREAD = Marked(1, {})
_NO_VIDEOS = Marked(1, {"videos": Marked(1, [])})


@dataclass(frozen=True)
class PackMistake:
    """`file` is relative to the pack; `line` counts from 1, None where the whole file or folder is meant."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.message}"


class PackError(Exception):
    """The pack cannot be used; `mistakes` has everything found, ordered by file and line."""

    def __init__(self, mistakes: Iterable[PackMistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes), key=lambda m: (m.file, m.line or 0, m.message)))
        super().__init__("\n".join(map(str, self.mistakes)))


@dataclass(frozen=True)
class Pack:
    programme: ProgrammeContent
    modules: tuple[ModuleContent, ...]


def read_pack(source: str | Path) -> Pack:
    """The pack of a packaged programme, by its name, or in a folder; PackError tells all that is wrong with it."""
    files = _Files(_folder_of(source))
    programme = files.yaml("programme.yaml")
    files.check("programme.yaml", programme, ProgrammeContent, rules.programme_faults(programme))
    modules = [_read_module(files, programme, item) for item in _listed_modules(programme)]
    steps = {module.key: _steps(module.module) for module in modules if module.module is not _UNREAD}
    files.note("programme.yaml", rules.undated_steps(programme, steps))
    if files.mistakes:
        raise PackError(files.mistakes)
    return Pack(
        ProgrammeContent.model_validate(programme.plain()),
        tuple(module.content(position, programme) for position, module in enumerate(modules, start=1)),
    )


class _ModuleFile(Figures):
    languages: dict[Language, Heading] = Field(min_length=1)
    topics: tuple[Key, ...] = ()


class _QuestionsFile(Content):
    questions: tuple[Question, ...] = Field(min_length=1)


class _VideosFile(Content):
    videos: tuple[Video, ...] = Field(min_length=1)


@dataclass(frozen=True)
class _TextFiles:
    """`questions`, `evaluation` and `videos` are None where the module has no such file."""

    reading: str
    questions: Marked | None
    essay: str
    evaluation: Marked | None
    videos: Marked | None
    topics: tuple[dict[str, str], ...]

    def content(self, heading: dict[str, Any]) -> dict[str, Any]:
        return heading | {
            "reading": self.reading,
            "questions": self.questions.plain()["questions"] if self.questions else (),
            "essay_prompt": self.essay,
            "evaluation": self.evaluation.plain() if self.evaluation else None,
            "videos": self.videos.plain()["videos"] if self.videos else (),
            "topics": self.topics,
        }


@dataclass(frozen=True)
class _ModuleFiles:
    key: str
    module: Marked
    texts: dict[str, _TextFiles]

    def content(self, position: int, programme: Marked) -> ModuleContent:
        figures = self.module.plain()
        figures.pop("topics", None)
        languages = {code: self.texts[code].content(heading) for code, heading in figures["languages"].items()}
        default = programme.text("default_language")
        whole = {"key": self.key, "position": position, "default_language": default, "languages": languages}
        return ModuleContent.model_validate(figures | whole)


class _Files:
    """Reads inside one folder only, and notes each mistake instead of stopping at it."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.mistakes: list[PackMistake] = []

    def note(self, file: str, faults: Iterable[Fault]) -> None:
        self.mistakes += [PackMistake(file, fault.line, fault.message) for fault in faults]

    def note_whole(self, file: str, message: str) -> None:
        self.mistakes.append(PackMistake(file, None, message))

    def check(self, file: str, document: Marked, model: type[BaseModel], faults: Iterable[Fault]) -> None:
        """Notes what `model` and the rules find wrong with `document`, unless it could not be read at all."""
        if document is _UNREAD:
            return
        self.note(file, faults)
        try:
            model.model_validate(document.plain())
        except ValidationError as error:
            self.note(file, explain(document, error.errors(include_url=False, include_input=False)))

    def has(self, file: str) -> bool:
        return (self.root / file).is_file()

    def names(self, folder: str) -> list[str]:
        """Of what lies in a folder; nothing where there is none."""
        path = self.root / folder
        return sorted(os.listdir(path)) if path.is_dir() else []

    def yaml(self, file: str) -> Marked:
        text = self.text(file)
        if text is None:
            return _UNREAD
        document, faults = read_yaml(text)
        self.note(file, faults)
        return document or _UNREAD

    def markdown(self, file: str) -> str:
        """The file's text, "" where there is none."""
        text = self.text(file)
        if text is not None and not text.strip():
            self.note(file, [Fault(1, "the file is empty")])
        self.note(file, markdown_faults(text or ""))
        return text or ""

    def text(self, file: str) -> str | None:
        data = self._bytes(file)
        if data is None:
            return None
        try:
            return data.removeprefix(codecs.BOM_UTF8).decode().replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            self.note(file, [Fault(line, "this is not UTF-8; save the file with the encoding UTF-8")])
            return None

    def _bytes(self, file: str) -> bytes | None:
        path = self.root / file
        try:
            if not path.is_file():
                self.note_whole(file, "the file is missing")
            elif not path.resolve().is_relative_to(self.root):
                self.note_whole(file, "the file lies outside of the pack")
            elif path.stat().st_size > (largest := LARGEST_MARKDOWN if file.endswith(".md") else LARGEST_FILE):
                self.note_whole(file, f"the file is larger than {largest // 1024} kB")
            else:
                return path.read_bytes()
        except OSError as error:
            self.note_whole(file, f"the file cannot be opened: {error.strerror}")
        return None


def packaged() -> list[str]:
    """The names of the programmes that come with the tool."""
    return sorted(folder.name for folder in (CONFIG / "programmes").iterdir() if folder.is_dir())


def _folder_of(source: str | Path) -> Path:
    packaged = CONFIG / "programmes" / str(source)
    if isinstance(source, str) and _NAME.fullmatch(source) and packaged.is_dir():
        return packaged
    if not os.path.isdir(source):  # Path.is_dir raises on a name that is too long
        raise PackError([PackMistake(str(source), None, "there is no programme or folder of this name")])
    return Path(source)


def _listed_modules(programme: Marked) -> Iterator[Marked]:
    """The modules with a proper name; a name such as "../x" is a mistake by itself and never a path."""
    for item in programme.items("modules"):
        if isinstance(item.value, str) and _NAME.fullmatch(item.value):
            yield item


def _read_module(files: _Files, programme: Marked, listed: Marked) -> _ModuleFiles:
    key = str(listed.value)
    if not (files.root / key).is_dir():
        files.note("programme.yaml", [Fault(listed.line, f'the module "{key}" has no folder')])
        return _ModuleFiles(key, _UNREAD, {})
    module = files.yaml(f"{key}/module.yaml")
    files.check(f"{key}/module.yaml", module, _ModuleFile, rules.module_faults(module, programme))
    languages = module.keys("languages") or programme.keys("titles")
    folders = _languages_with_folder(files, key, languages)
    texts = {code: _read_texts(files, module, f"{key}/{code}") for code in folders}
    _compare_languages(files, key, texts, programme.text("default_language") or "")
    return _ModuleFiles(key, module, texts)


def _languages_with_folder(files: _Files, key: str, languages: Iterable[str]) -> Iterator[str]:
    for code in filter(_LANGUAGE.fullmatch, languages):
        if (files.root / key / code).is_dir():
            yield code
        else:
            files.note_whole(f"{key}/{code}", "the folder is missing")


def _read_texts(files: _Files, module: Marked, folder: str) -> _TextFiles:
    steps = _steps(module)
    essay = f"{folder}/essay.md"
    return _TextFiles(
        _read_reading(files, f"{folder}/reading.md"),
        _read_list(files, f"{folder}/questions.yaml", _QuestionsFile, rules.question_faults, Step.TEST in steps),
        files.markdown(essay) if _wanted(files, essay, Step.ESSAY in steps) else "",
        _read_list(files, f"{folder}/evaluation.yaml", EvaluationForm, rules.form_faults, Step.EVALUATIONS in steps),
        _read_list(files, f"{folder}/videos.yaml", _VideosFile, rules.video_faults, files.has(f"{folder}/videos.yaml")),
        tuple(_read_topics(files, module, folder)),
    )


def _steps(module: Marked) -> set[str]:
    return module.texts("steps") if module.get("steps") else set(Step)


def _wanted(files: _Files, file: str, wanted: bool) -> bool:
    """A file that stands there for a step that the module does not have would be lost without a word."""
    if not wanted and files.has(file):
        files.note_whole(file, 'the module has no such step; see "steps" in its module.yaml')
    return wanted


def _read_list(
    files: _Files, file: str, model: type[BaseModel], faults: Callable[[Marked], Iterable[Fault]], wanted: bool
) -> Marked | None:
    if not _wanted(files, file, wanted):
        return None
    document = files.yaml(file)
    files.check(file, document, model, faults(document))
    return document


def _read_reading(files: _Files, file: str) -> str:
    reading = files.markdown(file)
    if reading.strip() and words(reading) < READING_WORDS_MIN:
        message = f"the reading has {words(reading)} words; at least {READING_WORDS_MIN} are needed"
        files.note_whole(file, message)
    return reading


def _read_topics(files: _Files, module: Marked, folder: str) -> Iterator[dict[str, str]]:
    """Each is a file that begins with its title, a first heading."""
    listed = module.texts("topics")
    for name in files.names(f"{folder}/topics"):
        if name.removesuffix(".md") not in listed:
            files.note_whole(f"{folder}/topics/{name}", 'it is not under "topics" of module.yaml')
    for item in module.items("topics"):
        if not isinstance(item.value, str) or not _NAME.fullmatch(item.value):
            continue
        file = f"{folder}/topics/{item.value}.md"
        heading, _, text = files.markdown(file).strip().partition("\n")
        if heading.startswith("# ") and text.strip():
            yield {"key": item.value, "title": heading[2:].strip(), "text": text}
        elif heading:
            files.note(file, [Fault(1, 'the file must begin with a title, "# Title", and go on with text')])


def _compare_languages(files: _Files, key: str, texts: dict[str, _TextFiles], default: str) -> None:
    model = texts.get(default)
    for code, other in texts.items():
        if model is None or code == default:
            continue
        for file, here, there, faults in (
            ("questions.yaml", other.questions, model.questions, rules.differing_questions),
            ("evaluation.yaml", other.evaluation, model.evaluation, rules.differing_forms),
            ("videos.yaml", other.videos or _NO_VIDEOS, model.videos or _NO_VIDEOS, rules.differing_videos),
        ):
            if here and there and here is not _UNREAD and there is not _UNREAD:
                files.note(f"{key}/{code}/{file}", faults(here, there, f"{default}/{file}"))
