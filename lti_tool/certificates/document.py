"""A certificate as a tagged PDF file (PDF/UA-1), which screen readers read in order and in its language."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeAlias

import segno
import typst
from flask_babel import force_locale, format_date, format_decimal

from lti_tool.certificates.codes import shown_code
from lti_tool.certificates.statement import Part, Statement
from lti_tool.paths import FONTS
from lti_tool.texts import gettext as _

Standard: TypeAlias = Literal["ua-1"]

_TEMPLATE = Path(__file__).with_name("certificate.typ")
# https://typst.app/docs/reference/pdf/#pdf-ua
_ACCESSIBLE: Standard = "ua-1"


@dataclass(frozen=True, slots=True)
class Issued:
    """`address` is where the code can be verified."""

    name: str
    code: str
    issued_on: date
    statement: Statement
    address: str


def pdf_of(issued: Issued, language: str) -> bytes:
    with force_locale(language):
        said = json.dumps(_said(issued, language), ensure_ascii=False)
    try:
        return _compiled(said, _ACCESSIBLE, ignore_system_fonts=True)
    except typst.TypstError:
        pass
    # A name has signs that our fonts lack. The machine may have some; else they are boxes, which the standard forbids.
    try:
        return _compiled(said, _ACCESSIBLE, ignore_system_fonts=False)
    except typst.TypstError:
        return _compiled(said, None, ignore_system_fonts=True)


def _compiled(said: str, standard: Standard | None, *, ignore_system_fonts: bool) -> bytes:
    return typst.compile(
        str(_TEMPLATE),
        format="pdf",
        font_paths=[str(FONTS)],
        ignore_system_fonts=ignore_system_fonts,
        sys_inputs={"said": said},
        pdf_standards=standard,
    )


def _said(issued: Issued, language: str) -> dict[str, Any]:
    statement = issued.statement
    programme = statement.said(statement.programme, language)
    return {
        "title": _("Certificate"),
        "issuer": statement.said(statement.issuer, language) if statement.issuer else "",
        "language": language,
        "year": issued.issued_on.year,
        "month": issued.issued_on.month,
        "day": issued.issued_on.day,
        "name": issued.name,
        "sentence": _(
            "has completed %(programme)s, %(term)s: %(hours)s hours, completed on %(day)s.",
            programme=programme,
            term=statement.said(statement.terms, language),
            hours=format_decimal(statement.hours),
            day=_day(statement.completed_on),
        ),
        "heading": _("What it consists of"),
        "columns": [_("Part"), _("Hours"), _("Completed")],
        "rows": [row for part in statement.parts for row in _rows(statement, part, language)],
        "issued": _("Issued on %(day)s.", day=_day(issued.issued_on)),
        "verify": _("Whether this certificate is valid is told at this address, by its code:"),
        "address": issued.address,
        "code": shown_code(issued.code),
        "picture": _picture(issued.address),
        "alternative": _("The address as a code for a camera."),
    }


def _rows(statement: Statement, part: Part, language: str) -> Iterator[dict[str, Any]]:
    title = statement.said(part.titles, language)
    named = f"{title} ({part.course})" if part.course else title
    yield {"part": True, "title": named, "hours": format_decimal(part.hours), "day": ""}
    for line in part.lines:
        day = _day(line.done_on) if line.done_on else ""
        yield {"part": False, "title": statement.said(line.titles, language), "hours": "", "day": day}


def _day(day: date) -> str:
    return str(format_date(day, "long", rebase=False))


def _picture(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
