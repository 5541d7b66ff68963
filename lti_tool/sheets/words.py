"""Why a table cannot be read, in words."""

from __future__ import annotations

from typing import Any

from lti_tool.sheets.sheet import CELL, COLUMNS, ROWS, Unreadable
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

_WORDS: dict[Unreadable, Any] = {
    Unreadable.EMPTY: _l("The file is empty."),
    Unreadable.FILE_TOO_LARGE: _l(
        "There is more in the file than can be read at once. Save the one table alone, or in parts."
    ),
    Unreadable.TOO_MANY_ROWS: _l("The table has more than %(rows)s rows. Save it in parts."),
    Unreadable.TOO_MANY_COLUMNS: _l("The table has more than %(columns)s columns. Delete those that are not needed."),
    Unreadable.CELL_TOO_LONG: _l("A cell has more than %(characters)s characters."),
    Unreadable.NOT_A_TABLE: _l("It is no table that is known here. Save it as XLSX or CSV."),
    Unreadable.OLD_OR_LOCKED: _l(
        "It is an Excel file of the old kind, or has a password. Save it as XLSX without a password, or as CSV."
    ),
    Unreadable.ENCODING: _l("The letters of the file could not be made out. Save it as CSV in UTF-8, or as XLSX."),
    Unreadable.OPEN_QUOTE: _l("A quotation mark is missing, so that nobody knows where a cell ends."),
    Unreadable.DAMAGED: _l("The file is damaged. Save it once more."),
}
_LIMITS = {"rows": ROWS, "columns": COLUMNS, "characters": CELL}


def unreadable_words(code: Unreadable, line: int | None) -> str:
    words = str(_WORDS[code]) % _LIMITS
    return _("%(reason)s It stopped at line %(line)s.", reason=words, line=line) if line else words


def encoding_words(encoding: str) -> str:
    """Of `Sheet.encoding`."""
    words = _l(
        "The file does not say how its letters are stored. It was read as %(name)s; look at letters such as æ, ø and å."
    )
    return str(words) % {"name": encoding}
