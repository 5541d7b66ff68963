"""Compiles the translations on the way into the wheel and into an editable install; only their sources are kept."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTranslations(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for source in sorted(Path(self.root, "lti_tool", "translations").glob("*/LC_MESSAGES/*.po")):
            compiled = source.with_suffix(".mo")
            # A file of its own that takes the place at once: another build may be at it, a running tool may read it.
            with source.open("rb") as text, NamedTemporaryFile(dir=compiled.parent, delete=False) as unfinished:
                write_mo(unfinished, read_po(text, locale=source.parent.parent.name))
            Path(unfinished.name).chmod(0o644)
            Path(unfinished.name).replace(compiled)
            build_data["artifacts"].append(f"/{compiled.relative_to(self.root).as_posix()}")
