"""A pack with one module, two questions and nothing wrong, for tests to change one thing in."""

import shutil
from pathlib import Path

PACKS = Path(__file__).parent / "packs"


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
