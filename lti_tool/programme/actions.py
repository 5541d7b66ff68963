"""Loading programmes and enrolling people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.database import now, table_of
from lti_tool.errors import DomainError
from lti_tool.lti.upsert import insert_once
from lti_tool.programme import content
from lti_tool.programme.models import Cohort, CompletionCheck, Enrolment, ModuleContent, OnlineModule, Programme
from lti_tool.programme.pack import Pack


@dataclass(frozen=True, slots=True)
class LoadedProgramme:
    """What a load did: `changed`, `withdrawn` and `kept` are module keys, `closed_term` the term that was open before.

    Modules are kept as they are when somebody has published another version of them, or retired them, since.
    """

    id: int
    key: str
    cohort_id: int
    term: str
    closed_term: str | None
    changed: tuple[str, ...]
    withdrawn: tuple[str, ...]
    kept: tuple[str, ...]


Follower = Callable[[Session, Cohort, content.ProgrammeContent], None]
_followers: list[Follower] = []


def follow_cohorts(follower: Follower) -> None:
    """Have `follower` run within the transaction in which a cohort is made, once its modules are there.

    Registering twice is the same as once.
    """
    if follower not in _followers:
        _followers.append(follower)


def load_programme(session: Session, pack: Pack, today: date, *, replace: bool = False) -> LoadedProgramme:
    """Store the pack, and open the cohort of the term `today` lies in, unless a later one is open; doing it again
    changes nothing.

    Content that somebody began with is never changed: other content is another version. What was published or retired
    by hand since is kept, unless `replace`. Raises `DomainError` before anything is written when a module belongs to
    another programme.
    """
    take_turn(session)
    _refuse_modules_of_others(session, pack)
    programme = _store_programme(session, pack.programme)
    cohort, is_new, closed_term = _open_cohort(session, programme, pack.programme, term_key(pack.programme, today))
    modules = {module.key: _module_of(session, programme.id, module) for module in pack.modules}
    kept = () if replace else tuple(key for key, module in modules.items() if _is_edited(session, module))
    changed = tuple(
        new.key for new in pack.modules if new.key not in kept and _offer_version(session, modules[new.key], new)
    )
    withdrawn = _withdraw_others(session, programme.id, pack.programme.modules)
    session.flush()
    if is_new:
        _tell(session, cohort, pack.programme)
    return LoadedProgramme(programme.id, programme.key, cohort.id, cohort.term, closed_term, changed, withdrawn, kept)


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
    insert_once(session.connection(), table_of(Enrolment), {"person_id": person_id, "cohort_id": cohort_id})


def completion_may_change(session: Session, person_id: int, cohort_id: int) -> None:
    """Have a worker look at the person's completion of the cohort once this transaction is committed.

    To be called wherever a record changes that completion is computed from.
    """
    completions_may_change(session, [person_id], cohort_id)


def completions_may_change(session: Session, people: Collection[int], cohort_id: int) -> None:
    """As `completion_may_change`, for many at once."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    noted = insert(CompletionCheck).on_conflict_do_update(
        index_elements=[CompletionCheck.person_id, CompletionCheck.cohort_id], set_={"changed_at": now()}
    )
    # In one order, so that two who note the same people do not wait for each other.
    rows = [{"person_id": one, "cohort_id": cohort_id, "changed_at": now()} for one in sorted(set(people))]
    if rows:
        session.execute(noted, rows)


def take_turn(session: Session) -> None:
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


def _open_cohort(
    session: Session, programme: Programme, body: content.ProgrammeContent, term: str
) -> tuple[Cohort, bool, str | None]:
    """The cohort, whether it was made just now, and the term that was open before.

    A later term that somebody has opened early stays open.
    """
    early = session.scalars(select(Cohort).where(Cohort.programme_id == programme.id, Cohort.is_open)).one_or_none()
    if early is not None and _begins(body, early.term) > _begins(body, term):
        return early, False, None
    cohort, is_new = _cohort_of(session, programme.id, body, term)
    return cohort, is_new, open_cohort(session, cohort)


def _begins(body: content.ProgrammeContent, term: str) -> date:
    days = body.days_of(term)
    return days[0] if days else date.min


def _cohort_of(session: Session, programme_id: int, body: content.ProgrammeContent, term: str) -> tuple[Cohort, bool]:
    found = session.scalars(select(Cohort).where(Cohort.programme_id == programme_id, Cohort.term == term))
    cohort = found.one_or_none()
    if cohort is not None:
        return cohort, False
    days = body.pools.days_to_evaluate
    cohort = Cohort(programme_id=programme_id, term=term, is_open=False, days_to_evaluate=days)
    session.add(cohort)
    session.flush()
    return cohort, True


def prepare_cohort(session: Session, programme_id: int, term: str) -> tuple[Cohort, bool]:
    """The programme's cohort in that term, made if there is none, and whether it was made; it is not open then."""
    take_turn(session)
    body = content.ProgrammeContent.model_validate(session.get_one(Programme, programme_id).body)
    cohort, is_new = _cohort_of(session, programme_id, body, term)
    if is_new:
        _tell(session, cohort, body)
    return cohort, is_new


def open_cohort(session: Session, cohort: Cohort) -> str | None:
    """Have whoever begins from now on take part in this cohort; returns the term that was open before, if another was.

    Those who have begun stay in theirs. Repeating it changes nothing.
    """
    take_turn(session)
    same = select(Cohort).where(Cohort.programme_id == cohort.programme_id)
    cohorts = session.scalars(same.execution_options(populate_existing=True)).all()
    before = next((one for one in cohorts if one.is_open and one.id != cohort.id), None)
    if before is not None:
        before.is_open = False
        # The database allows one open cohort at a time, also while these two change places.
        session.flush()
    cohort.is_open = True
    session.flush()
    return before.term if before else None


def _tell(session: Session, cohort: Cohort, body: content.ProgrammeContent) -> None:
    for follower in _followers:
        follower(session, cohort, body)


def _module_of(session: Session, programme_id: int, new: content.ModuleContent) -> OnlineModule:
    module = session.scalars(select(OnlineModule).where(OnlineModule.key == new.key)).one_or_none()
    if module is None:
        module = OnlineModule(programme_id=programme_id, key=new.key, position=new.position)
        session.add(module)
        session.flush()
    module.position = new.position
    return module


def _is_edited(session: Session, module: OnlineModule) -> bool:
    if module.retired_at is not None:
        return True
    return module.content_id is not None and session.get_one(ModuleContent, module.content_id).published_by is not None


def _offer_version(session: Session, module: OnlineModule, new: content.ModuleContent) -> bool:
    """True if those who begin now meet other content than before."""
    before = module.content_id
    offer(session, module, store_version(session, new))
    return before != module.content_id


def offer(session: Session, module: OnlineModule, version: ModuleContent | None) -> None:
    """Let those who begin from now on meet this version; nobody can begin with None."""
    module.content_id = version.id if version else None
    if version is not None:
        module.retired_at = None
    session.flush()


def store_version(
    session: Session, new: content.ModuleContent, *, published_by: int | None = None, note: str = ""
) -> ModuleContent:
    """The version with this content; one that was there before keeps its number, its publisher and their note.

    The caller holds a lock on the module, or on all of them.
    """
    body = new.model_dump(mode="json")
    digest = digest_of(body)
    version = session.scalars(select(ModuleContent).where(ModuleContent.digest == digest)).one_or_none()
    if version is None:
        newest = select(func.max(ModuleContent.number)).where(ModuleContent.module_key == new.key)
        number = (session.scalar(newest) or 0) + 1
        version = ModuleContent(
            module_key=new.key, number=number, digest=digest, body=body, published_by=published_by, note=note
        )
        session.add(version)
        session.flush()
    return version


def _withdraw_others(session: Session, programme_id: int, listed: tuple[str, ...]) -> tuple[str, ...]:
    """What was made by hand is not in any pack, and stays."""
    others = session.scalars(
        select(OnlineModule)
        .join(ModuleContent, ModuleContent.id == OnlineModule.content_id)
        .where(OnlineModule.programme_id == programme_id, OnlineModule.key.not_in(listed))
        .where(ModuleContent.published_by.is_(None))
        .order_by(OnlineModule.key)
    ).all()
    for module in others:
        module.content_id = None
    return tuple(module.key for module in others)
