"""Whatever happens to the files, an author gets sentences and never a traceback, and the machine keeps its memory."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lti_tool.programme.pack import LARGEST_FILE, LARGEST_MARKDOWN, Pack, PackError, read_pack

EXAMPLES = 1_500
MOST_MEMORY = 256 * 1024  # kB, of the whole process
FILES = ("programme.yaml", "one/module.yaml", "one/en/questions.yaml", "one/en/videos.yaml", "one/en/reading.md")
TINY = {
    "programme.yaml": (
        '{"key": "tiny", "default_language": "en", "titles": {"en": "T"}, "modules": ["one"], '
        '"terms": [{"key": "y", "starts": "01-01", "titles": {"en": "Y"}}], '
        '"requirements": [{"kind": "complete", "key": "c", "titles": {"en": "C"}, "hours": 1}], '
        '"dates": [{"step": "test", "days": 3}]}\n'
    ),
    "one/module.yaml": (
        '{"languages": {"en": {"title": "O", "summary": "S"}}, "steps": ["test"], "hours": 1, "reading_minutes": 5}\n'
    ),
    "one/en/questions.yaml": (
        '{"questions": [{"key": "q", "kind": "single", "text": "Q?", "options": ['
        '{"key": "a", "text": "A", "correct": true, "feedback": "F"}, '
        '{"key": "b", "text": "B", "correct": false, "feedback": "F"}]}]}\n'
    ),
    "one/en/videos.yaml": (
        '{"videos": [{"key": "v", "title": "V", "url": "https://youtu.be/dQw4w9WgXcQ", "summary": "S", '
        '"transcript": "T"}]}\n'
    ),
    "one/en/reading.md": "word " * 900,
}

SNIPPETS = [b"", b"- ", b": ", b"\t", b"[", b"{", b"&a ", b"*a", b"!!set ", b"? ", b"|", b"---\n", b"%YAML 3.0\n"]
SNIPPETS += [b"\x00", b"\xff", b"\xc3\xa5", b"<b>", b"![a](b)", b"'", b'"', b"#", b"9" * 5000, b"a" * 300, b"~", b"\r"]
VALUES: list[Any] = [
    None,
    "",
    "x",
    "../x",
    "en",
    "-1",
    "1e999",
    "nan",
    0,
    10**30,
    True,
    [],
    {},
    [[]],
    {"key": "x"},
    ["x"],
]
LARGE = {
    "a long list": "- a\n" * 20_000,
    "many entries": "".join(f"k{n}: 1\n" for n in range(8_000)),
    "deep brackets": "[" * 250_000,
    "deep braces": "{a: " * 60_000,
    "deep indents": "".join(f"{' ' * n}a:\n" for n in range(700)),
    "deep quotes": "> " * 100_000,
    "an endless word": "a" * LARGEST_FILE,
    "emphasis without end": "*a " * 80_000,
    "links without end": "[a](" * 60_000,
}


def write_tiny(folder: Path) -> Path:
    for file, text in TINY.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def read_or_refuse(pack: Path) -> Pack | None:
    """Anything but a PackError is a failure."""
    try:
        return read_pack(pack)
    except PackError:
        return None


def cut(chance: random.Random, data: bytes) -> bytes:
    """A piece is lost, and something else stands there."""
    start = chance.randint(0, len(data))
    end = min(len(data), start + chance.choice((0, 0, 1, 40)))
    inserted = chance.choice((*SNIPPETS, chance.randbytes(chance.randint(1, 20))))
    return data[:start] + inserted + data[end:]


def rebuild(chance: random.Random, data: bytes) -> bytes:
    """An entry is lost, doubled, moved or something else, at any depth."""
    try:
        whole = json.loads(data)
    except ValueError:
        return cut(chance, data)
    node, places = whole, []
    while isinstance(node, dict | list) and node:
        place = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
        places.append((node, place))
        node = node[place]
    parent, place = chance.choice(places)
    change(chance, parent, place)
    return json.dumps(whole).encode()


def change(chance: random.Random, parent: Any, place: Any) -> None:
    match chance.randrange(3):
        case 0:
            del parent[place]
        case 1:
            parent[place] = chance.choice(VALUES)
        case _ if isinstance(parent, list):
            parent.append(parent[place])
        case _:
            parent[chance.choice(("key", "steps", "kind", "url", "x"))] = parent[place]


def test_damage_of_any_kind_is_refused_in_words_or_does_no_harm(tmp_path: Path) -> None:
    chance, pack, read = random.Random(5), write_tiny(tmp_path), 0
    assert read_or_refuse(pack) is not None
    for _number in range(EXAMPLES):
        file = pack / chance.choice(FILES[:4] * 2 + FILES)
        original = file.read_bytes()
        damage: Callable[[random.Random, bytes], bytes] = chance.choice((cut, rebuild))
        file.write_bytes(damage(chance, original))
        read += read_or_refuse(pack) is not None
        file.write_bytes(original)
    # Neither everything nor nothing is refused, so both ways through the reader are taken.
    assert EXAMPLES / 50 < read < EXAMPLES / 2


@pytest.mark.parametrize("kind", LARGE)
def test_large_and_deep_files_take_no_more_than_some_memory(tmp_path: Path, kind: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pack = write_tiny(tmp_path)
    (pack / "programme.yaml").write_text(LARGE[kind], encoding="utf-8")
    (pack / "one/en/reading.md").write_text(LARGE[kind][:LARGEST_MARKDOWN], encoding="utf-8")
    read_or_refuse(pack)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


def _lose(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def _point_at(target: str) -> Callable[[Path], None]:
    def point(path: Path) -> None:
        _lose(path)
        os.symlink(target, path)

    return point


def _turn_over(path: Path) -> None:
    """A folder where a file is expected, and the other way round."""
    folder = path.is_dir()
    _lose(path)
    path.write_text("x", encoding="utf-8") if folder else path.mkdir()


def _fill(path: Path) -> None:
    file = path / "x" if path.is_dir() else path
    file.write_bytes(b"x" * (LARGEST_FILE + 1))


ACCIDENTS = {
    "lost": _lose,
    "turned over": _turn_over,
    "too large": _fill,
    "a link to itself": _point_at("."),
    "a link to nothing": _point_at("nothing"),
    "a link out of the pack": _point_at("/etc/passwd"),
    "a link to a device": _point_at("/dev/zero"),
}


@pytest.mark.parametrize("kind", ACCIDENTS)
def test_whatever_lies_in_the_place_of_a_file_or_a_folder_is_told(tmp_path: Path, kind: str) -> None:
    whole = write_tiny(tmp_path / "whole")
    names = sorted(str(path.relative_to(whole)) for path in whole.rglob("*"))
    for name in names:
        damaged = shutil.copytree(whole, tmp_path / "damaged")
        ACCIDENTS[kind](damaged / name)
        read_or_refuse(damaged)
        shutil.rmtree(damaged)
