"""Loading programmes and enrolling people."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lti_tool.errors import DomainError
from lti_tool.programme import content
from lti_tool.programme.models import Cohort, Enrolment, ModuleContent, OnlineModule, Programme
from lti_tool.programme.pack import Pack


@dataclass(frozen=True, slots=True)
class LoadedProgramme:
    """What a load did: `changed` and `withdrawn` are module keys, `closed_term` the term that was open before."""

    id: int
    key: str
    cohort_id: int
    term: str
    closed_term: str | None
    changed: tuple[str, ...]
    withdrawn: tuple[str, ...]


def load_programme(session: Session, pack: Pack, today: date) -> LoadedProgramme:
    """Store the pack, and open the cohort of the term `today` lies in; doing it again changes nothing.

    Content that somebody began with is never changed: other content is another version. Raises `DomainError` before
    anything is written when a module belongs to another programme.
    """
    _take_turn(session)
    _refuse_modules_of_others(session, pack)
    programme = _store_programme(session, pack.programme)
    cohort, closed_term = _open_cohort(session, programme.id, term_key(pack.programme, today))
    changed = tuple(module.key for module in pack.modules if _store_module(session, programme.id, module))
    withdrawn = _withdraw_others(session, programme.id, pack.programme.modules)
    session.flush()
    return LoadedProgramme(programme.id, programme.key, cohort.id, cohort.term, closed_term, changed, withdrawn)


def term_key(programme: content.ProgrammeContent, day: date) -> str:
    """Such as "2026-autumn"; the year is that in which the term began."""
    term, first_day = programme.term_on(day)
    return f"{first_day.year}-{term.key}"


def digest_of(body: dict[str, Any]) -> str:
    """The SHA-256 in hex of `body` as JSON, whatever the order of its keys."""
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def enrol(session: Session, person_id: int, cohort_id: int) -> None:
    """Make the person a participant of the cohort; once is enough."""
    found = session.scalars(
        select(Enrolment.id).where(Enrolment.person_id == person_id, Enrolment.cohort_id == cohort_id)
    ).one_or_none()
    if found is None:
        session.add(Enrolment(person_id=person_id, cohort_id=cohort_id))
        session.flush()


def _take_turn(session: Session) -> None:
    """Two loads at once would both add what they find missing. On SQLite every writer waits its turn anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE programme IN SHARE ROW EXCLUSIVE MODE"))


def _refuse_modules_of_others(session: Session, pack: Pack) -> None:
    row = session.execute(
        select(OnlineModule.key, Programme.key)
        .join(Programme, Programme.id == OnlineModule.programme_id)
        .where(OnlineModule.key.in_(pack.programme.modules), Programme.key != pack.programme.key)
        .order_by(OnlineModule.key)
    ).first()
    if row is not None:
        raise DomainError(f"The module {row[0]!r} belongs to the programme {row[1]!r}; give yours another name.")


def _store_programme(session: Session, new: content.ProgrammeContent) -> Programme:
    body = new.model_dump(mode="json")
    programme = session.scalars(select(Programme).where(Programme.key == new.key)).one_or_none()
    if programme is None:
        programme = Programme(key=new.key, body=body)
        session.add(programme)
    elif programme.body != body:
        programme.body = body
    session.flush()
    return programme


def _open_cohort(session: Session, programme_id: int, term: str) -> tuple[Cohort, str | None]:
    cohorts = session.scalars(select(Cohort).where(Cohort.programme_id == programme_id)).all()
    before = next((cohort for cohort in cohorts if cohort.is_open and cohort.term != term), None)
    if before is not None:
        before.is_open = False
        # The database allows one open cohort at a time, also while these two change places.
        session.flush()
    cohort = next((cohort for cohort in cohorts if cohort.term == term), None)
    if cohort is None:
        cohort = Cohort(programme_id=programme_id, term=term)
        session.add(cohort)
    cohort.is_open = True
    session.flush()
    return cohort, before.term if before else None


def _store_module(session: Session, programme_id: int, new: content.ModuleContent) -> bool:
    """True if those who begin now meet other content than before."""
    module = session.scalars(select(OnlineModule).where(OnlineModule.key == new.key)).one_or_none()
    if module is None:
        module = OnlineModule(programme_id=programme_id, key=new.key, position=new.position)
        session.add(module)
        session.flush()
    module.position = new.position
    before, module.content_id = module.content_id, _store_version(session, new.model_dump(mode="json"))
    session.flush()
    return before != module.content_id


def _store_version(session: Session, body: dict[str, Any]) -> int:
    digest = digest_of(body)
    version = session.scalars(select(ModuleContent).where(ModuleContent.digest == digest)).one_or_none()
    if version is None:
        version = ModuleContent(digest=digest, body=body)
        session.add(version)
        session.flush()
    return version.id


def _withdraw_others(session: Session, programme_id: int, listed: tuple[str, ...]) -> tuple[str, ...]:
    others = session.scalars(
        select(OnlineModule)
        .where(OnlineModule.programme_id == programme_id, OnlineModule.key.not_in(listed))
        .where(OnlineModule.content_id.is_not(None))
        .order_by(OnlineModule.key)
    ).all()
    for module in others:
        module.content_id = None
    return tuple(module.key for module in others)
