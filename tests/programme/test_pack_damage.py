"""Whatever happens to the files, an author gets sentences and never a traceback."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.programme.pack import Pack, PackError, read_pack
from tests.programme.small_pack import MODULE, copy_small_pack

FILES = sorted(
    ["programme.yaml", MODULE]
    + [f"one/{code}/{name}" for code in ("en", "nb") for name in ("questions.yaml", "evaluation.yaml", "essay.md")]
)
SNIPPETS = [b"", b"- ", b": ", b"\t", b"[", b"{", b"&a ", b"*a", b"!!set ", b"? ", b"|", b"---\n", b"%YAML 3.0\n"]
SNIPPETS += [b"\x00", b"\xff", b"\xc3\xa5", b"<b>", b"![a](b)", b"'", b'"', b"#", b"9" * 5000, b"a" * 300, b"~", b"\r"]


def read_or_refuse(pack: Path) -> Pack | None:
    """Anything but a PackError is a failure."""
    try:
        return read_pack(pack)
    except PackError:
        return None


@settings(max_examples=150, deadline=None)
@given(file=st.sampled_from(FILES), data=st.data())
def test_damage_anywhere_is_refused_in_words_or_does_no_harm(
    file: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pack = copy_small_pack(tmp_path_factory.mktemp("damaged"))
    original = (pack / file).read_bytes()
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, min(len(original), start + 40)))
    inserted = data.draw(st.sampled_from(SNIPPETS) | st.binary(max_size=20))
    (pack / file).write_bytes(original[:start] + inserted + original[end:])
    read_or_refuse(pack)


@settings(max_examples=100, deadline=None)
@given(file=st.sampled_from(FILES), data=st.data())
def test_lines_lost_doubled_or_swapped_are_refused_in_words_or_do_no_harm(
    file: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pack = copy_small_pack(tmp_path_factory.mktemp("damaged"))
    lines = (pack / file).read_text(encoding="utf-8").splitlines(keepends=True)
    kept = data.draw(st.lists(st.sampled_from(lines), max_size=len(lines) + 3) | st.permutations(lines))
    (pack / file).write_text("".join(kept), encoding="utf-8")
    read_or_refuse(pack)
