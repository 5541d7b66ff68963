"""Reads a content pack (the format is in config/programmes/README.md) and tells every mistake in it at once.

Reading only: nothing is stored, so a pack with a mistake changes nothing.
"""

import codecs
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from lti_tool.paths import CONFIG
from lti_tool.programme import pack_rules as rules
from lti_tool.programme.content import (
    Content,
    EvaluationForm,
    Figures,
    Heading,
    Language,
    ModuleContent,
    ProgrammeContent,
    Question,
)
from lti_tool.programme.pack_markdown import markdown_faults, words
from lti_tool.programme.pack_words import explain
from lti_tool.programme.yaml_lines import Fault, Marked, read_yaml

LARGEST_FILE = 256 * 1024  # bytes
READING_WORDS_MIN = 900
_NAME = re.compile(r"(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_UNREAD = Marked(1, {})


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
    """The pack of a packaged programme ("laos") or in a folder; PackError tells all that is wrong with it."""
    files = _Files(_folder_of(source))
    programme = files.yaml("programme.yaml")
    files.check("programme.yaml", programme, ProgrammeContent, rules.programme_faults(programme))
    modules = [_read_module(files, programme, item) for item in _listed_modules(programme)]
    if files.mistakes:
        raise PackError(files.mistakes)
    return Pack(
        ProgrammeContent.model_validate(programme.plain()),
        tuple(module.content(position, programme) for position, module in enumerate(modules, start=1)),
    )


class _ModuleFile(Figures):
    languages: dict[Language, Heading] = Field(min_length=1)


class _QuestionsFile(Content):
    questions: tuple[Question, ...] = Field(min_length=1)


@dataclass(frozen=True)
class _TextFiles:
    reading: str
    questions: Marked
    essay: str
    evaluation: Marked

    def content(self, heading: dict[str, Any]) -> dict[str, Any]:
        return heading | {
            "reading": self.reading,
            "questions": self.questions.plain()["questions"],
            "essay_prompt": self.essay,
            "evaluation": self.evaluation.plain(),
        }


@dataclass(frozen=True)
class _ModuleFiles:
    key: str
    module: Marked
    texts: dict[str, _TextFiles]

    def content(self, position: int, programme: Marked) -> ModuleContent:
        figures = self.module.plain()
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
            elif path.stat().st_size > LARGEST_FILE:
                self.note_whole(file, f"the file is larger than {LARGEST_FILE // 1024} kB")
            else:
                return path.read_bytes()
        except OSError as error:
            self.note_whole(file, f"the file cannot be opened: {error.strerror}")
        return None


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
    texts = {code: _read_texts(files, f"{key}/{code}") for code in _languages_with_folder(files, key, languages)}
    _compare_languages(files, key, texts, programme.text("default_language") or "")
    return _ModuleFiles(key, module, texts)


def _languages_with_folder(files: _Files, key: str, languages: Iterable[str]) -> Iterator[str]:
    for code in filter(_LANGUAGE.fullmatch, languages):
        if (files.root / key / code).is_dir():
            yield code
        else:
            files.note_whole(f"{key}/{code}", "the folder is missing")


def _read_texts(files: _Files, folder: str) -> _TextFiles:
    reading = files.markdown(f"{folder}/reading.md")
    if reading.strip() and words(reading) < READING_WORDS_MIN:
        message = f"the reading has {words(reading)} words; at least {READING_WORDS_MIN} are needed"
        files.note_whole(f"{folder}/reading.md", message)
    questions = files.yaml(f"{folder}/questions.yaml")
    files.check(f"{folder}/questions.yaml", questions, _QuestionsFile, rules.question_faults(questions))
    evaluation = files.yaml(f"{folder}/evaluation.yaml")
    files.check(f"{folder}/evaluation.yaml", evaluation, EvaluationForm, rules.form_faults(evaluation))
    return _TextFiles(reading, questions, files.markdown(f"{folder}/essay.md"), evaluation)


def _compare_languages(files: _Files, key: str, texts: dict[str, _TextFiles], default: str) -> None:
    model = texts.get(default)
    for code, other in texts.items():
        if model is None or code == default:
            continue
        if model.questions is not _UNREAD and other.questions is not _UNREAD:
            faults = rules.differing_questions(other.questions, model.questions, f"{default}/questions.yaml")
            files.note(f"{key}/{code}/questions.yaml", faults)
        if model.evaluation is not _UNREAD and other.evaluation is not _UNREAD:
            faults = rules.differing_forms(other.evaluation, model.evaluation, f"{default}/evaluation.yaml")
            files.note(f"{key}/{code}/evaluation.yaml", faults)
