"""Translated text: Flask-Babel's functions with the types it does not declare. Extraction looks for these names."""

from __future__ import annotations

from typing import Any

import flask_babel


def gettext(message: str, **values: Any) -> str:
    """`message` in the language of the request (or the worker's forced locale), `%(name)s` filled in."""
    return str(flask_babel.gettext(message, **values))


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """As `gettext`, choosing the form for `num`, which is also available as `%(num)s`."""
    return str(flask_babel.ngettext(singular, plural, num, **values))


def lazy_gettext(message: str, **values: Any) -> Any:
    """Translated when it is shown; for texts made at import, such as form labels."""
    return flask_babel.lazy_gettext(message, **values)
