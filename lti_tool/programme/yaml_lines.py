"""Reads YAML written by people who do not program: every value stays the text they typed, with its line.

`no`, `1:30`, `2026` or `0.10` are texts until a field says otherwise, so that no title turns into a number
or a date. References, tags and deep nesting are refused: authors do not need them, and they are how a small
file becomes a huge or dangerous one.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

DEEPEST = 20
_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map")}
_HINT = 'A text with ": " or " #" in it goes in quotes, or after ">-" on lines of its own'


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file, at a line counted from 1."""

    line: int
    message: str


@dataclass(frozen=True)
class Marked:
    """A text, list or mapping, the line it begins on, and for a mapping the line of each key."""

    line: int
    value: "str | list[Marked] | dict[str, Marked]"
    key_lines: dict[str, int] = field(default_factory=dict)

    def plain(self) -> Any:
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value

    def get(self, key: str) -> "Marked | None":
        return self.value.get(key) if isinstance(self.value, dict) else None

    def text(self, key: str) -> str | None:
        """The text under `key`, or None where there is no text."""
        found = self.get(key)
        return found.value.strip() if found and isinstance(found.value, str) else None

    def items(self, key: str) -> "list[Marked]":
        """The list under `key`, empty where there is no list."""
        found = self.get(key)
        return found.value if found and isinstance(found.value, list) else []

    def texts(self, key: str) -> set[str]:
        """The texts in the list under `key`, without anything else that stands there."""
        return {item.value for item in self.items(key) if isinstance(item.value, str)}

    def keys(self, key: str) -> dict[str, int]:
        """The keys of the mapping under `key` with their lines, empty where there is no mapping."""
        found = self.get(key)
        return found.key_lines if found else {}


def read_yaml(text: str) -> tuple[Marked | None, list[Fault]]:
    """The document, or None where it cannot be read at all, and what is wrong with it."""
    try:
        node = _composed(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return None, [Fault(line, f"the character U+{ord(text[error.position]):04X} is not allowed")]
    except yaml.MarkedYAMLError as error:
        return None, [_unreadable(error)]
    if node is None:
        return None, [Fault(1, "the file is empty")]
    faults: list[Fault] = []
    return _marked(node, faults), faults


def _composed(text: str) -> yaml.Node | None:
    if yaml.__with_libyaml__:
        # Fifteen times as fast, but it says less of what is wrong.
        with suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=_fast_loader())
    return yaml.compose(text, Loader=_Loader)


class _Refused(yaml.MarkedYAMLError):
    """Good YAML that authors have no use for."""


class _Strict(yaml.composer.Composer):
    """Composes what a parser of either kind reads."""

    check_event: Any
    peek_event: Any
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise self._refusal("references (*name) are not allowed")
        if self.depth >= DEEPEST:
            raise self._refusal("this is nested too deeply")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _refusal(self, problem: str) -> "_Refused":
        return _Refused(problem=problem, problem_mark=self.peek_event().start_mark)


class _Loader(_Strict, yaml.BaseLoader):
    """BaseLoader makes nothing but texts, lists and mappings."""


@cache
def _fast_loader() -> type[yaml.CBaseLoader]:
    """The same on libyaml, where PyYAML was built with it."""

    class Loader(_Strict, yaml.CBaseLoader):
        def __init__(self, stream: str) -> None:
            yaml.CBaseLoader.__init__(self, stream)
            yaml.composer.Composer.__init__(self)

    return Loader


def _unreadable(error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    if isinstance(error, _Refused):
        return Fault(line, str(error.problem))
    return Fault(line, f"this is not readable as YAML: {error.problem or error.context}. {_HINT}")


def _marked(node: yaml.Node, faults: list[Fault]) -> Marked:
    line = node.start_mark.line + 1
    if node.tag not in _TAGS:
        faults.append(Fault(line, f"tags ({node.tag}) are not allowed"))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, line, faults)
    if isinstance(node, yaml.SequenceNode):
        return Marked(line, [_marked(item, faults) for item in node.value])
    return Marked(line, str(node.value))


def _mapping(node: yaml.MappingNode, line: int, faults: list[Fault]) -> Marked:
    values: dict[str, Marked] = {}
    key_lines: dict[str, int] = {}
    for key, key_line, item in _entries(node, faults):
        if key in values:
            faults.append(Fault(key_line, f'"{key}" stands twice; it is on line {key_lines[key]} already'))
            continue
        values[key], key_lines[key] = _marked(item, faults), key_line
    return Marked(line, values, key_lines)


def _entries(node: yaml.MappingNode, faults: list[Fault]) -> Iterator[tuple[str, int, yaml.Node]]:
    for key, item in node.value:
        line = key.start_mark.line + 1
        if isinstance(key, yaml.ScalarNode):
            yield str(key.value), line, item
        else:
            faults.append(Fault(line, "only a word can stand before a colon"))
