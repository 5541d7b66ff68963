"""A draft as `content.ModuleText`, whatever is still wanting: a word that says so stands where a text is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti_tool.authoring.draft import Draft, publishable
from lti_tool.programme.content import ModuleText
from lti_tool.programme.video_hosts import embed_of

_LONGEST_LINE = 200
_LONGEST_ADDRESS = 500
_LINES = {"title", "label"}


def as_readers_see(draft: Draft, language: str, placeholder: str) -> ModuleText:
    """The texts in one language, also one that is left out. Steps without any question or criterion are left out."""
    body = publishable(draft.with_(left_out=()))
    return ModuleText.model_validate(_filled(body["languages"][language], placeholder))


def _filled(value: Any, placeholder: str, name: str = "") -> Any:
    if isinstance(value, Mapping):
        if name == "evaluation" and not value["criteria"]:
            return None
        return {key: _filled(inner, placeholder, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, placeholder, name) for inner in value]
    return _shown(value, placeholder, name) if isinstance(value, str) else value


def _shown(text: str, placeholder: str, name: str) -> Any:
    if name == "minutes":
        return int(text) if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 600 else None
    if name == "url":
        return text if len(text.split()) == 1 and len(text) <= _LONGEST_ADDRESS and embed_of(text) else None
    if name == "audience":
        return text or None
    shown = text.strip() or placeholder
    return shown[:_LONGEST_LINE] if name in _LINES else shown
