"""A pack with one module, two questions and nothing wrong, for tests to change one thing in."""

import shutil
from pathlib import Path

import pytest

from lti_tool.programme.pack import PackError, read_pack

PACKS = Path(__file__).parent / "packs"
QUESTIONS, FORM, MODULE = "one/en/questions.yaml", "one/en/evaluation.yaml", "one/module.yaml"
NB_QUESTIONS, NB_FORM, ESSAY = "one/nb/questions.yaml", "one/nb/evaluation.yaml", "one/en/essay.md"


def copy_small_pack(folder: Path) -> Path:
    """A copy in `folder`; each reading has 900 words, ten on every line."""
    pack = folder / "small"
    shutil.copytree(PACKS / "small", pack)
    for language, word in (("en", "word"), ("nb", "ord")):
        (pack / "one" / language / "reading.md").write_text(f"{' '.join([word] * 10)}\n" * 90, encoding="utf-8")
    return pack


def edit(pack: Path, file: str, old: str, new: str) -> None:
    """Replaces the first `old` in one file; the test is wrong if there is none."""
    text = (pack / file).read_text(encoding="utf-8")
    assert old in text
    (pack / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def mistakes(pack: Path) -> list[str]:
    """What `read_pack` says about a pack that has mistakes."""
    with pytest.raises(PackError) as caught:
        read_pack(pack)
    return str(caught.value).splitlines()
