"""Compiles the translations on the way into the wheel and into an editable install; only their sources are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTranslations(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for source in sorted(Path(self.root, "lti_tool", "translations").glob("*/LC_MESSAGES/*.po")):
            compiled = source.with_suffix(".mo")
            unfinished = compiled.with_suffix(".mo.part")
            with source.open("rb") as text, unfinished.open("wb") as binary:
                write_mo(binary, read_po(text, locale=source.parent.parent.name))
            # At once, because a tool that runs from this checkout may be reading it.
            unfinished.replace(compiled)
            build_data["artifacts"].append(f"/{compiled.relative_to(self.root).as_posix()}")
