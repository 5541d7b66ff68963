"""What people are called on the pages of staff, also where their platform keeps names back."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.people.models import Person
from lti_tool.texts import gettext as _

# No vowels, so that no words come about, and nothing that looks like something else: 28 bits in six of them.
_SYMBOLS = "23456789BCDFGHJKMNPQRTVWXZ"
_LENGTH = 6
_SHORTEST_CODE = 3


class Named(Protocol):
    @property
    def person_id(self) -> int: ...
    @property
    def name(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Somebody:
    """`name` is None where the platform keeps names back."""

    person_id: int
    name: str | None


def pseudonym(secret: str, person_id: int) -> str:
    """Such as "4F7-K2M": always the same for a person, and nobody without the secret can tell whose it is.

    Two people share one with a chance of one in three hundred million.
    """
    digest = hmac.digest(secret.encode(), f"pseudonym {person_id}".encode(), "sha256")
    number = int.from_bytes(digest)
    symbols = [_SYMBOLS[number // len(_SYMBOLS) ** place % len(_SYMBOLS)] for place in range(_LENGTH)]
    return "".join(symbols[:3]) + "-" + "".join(symbols[3:])


def shown_name(person: Named, *, staff: bool = False) -> str:
    """The person's name, or their pseudonym; `staff` says that it is no learning assistant. For staff's eyes only."""
    if person.name:
        return person.name
    code = pseudonym(current_app.config["SETTINGS"].secret_key, person.person_id)
    return _("Member of staff %(code)s", code=code) if staff else _("Learning assistant %(code)s", code=code)


def has_name(part: str) -> ColumnElement[bool]:
    """People with this in their name, whatever its case."""
    # SQLite tells upper from lower case beyond ASCII, so "åse" would not find Åse.
    variants = {part, part.lower(), part.title(), part.upper()}
    return or_(
        Person.name.icontains(part, autoescape=True),
        *(Person.name.contains(variant, autoescape=True) for variant in sorted(variants)),
    )


def is_called(session: Session, part: str, among: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those `among` the people with this in their name, or in the pseudonym they are shown by."""
    code = part.strip().upper().rpartition(" ")[2]
    if len(code) < _SHORTEST_CODE or not set(code) <= {*_SYMBOLS, "-"}:
        return and_(among, has_name(part))
    secret = current_app.config["SETTINGS"].secret_key
    nameless = session.scalars(select(Person.id).where(among, func.coalesce(Person.name, "") == ""))
    shown = [person_id for person_id in nameless if code in pseudonym(secret, person_id)]
    return and_(among, or_(has_name(part), Person.id.in_(shown)))


def init_names(app: Flask) -> None:
    app.add_template_filter(shown_name)
