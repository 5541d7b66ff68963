"""Lists of sessions: marking who was there, on the phone, by keyboard and on paper."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.attendance.marks import ReasonNeeded
from lti_tool.attendance.models import Presence
from lti_tool.database import db, now
from lti_tool.drafts import device_key
from lti_tool.marking import actions, queries
from lti_tool.marking.access import person_to_mark, session_to_mark
from lti_tool.marking.actions import ChangedMeanwhile, Tap
from lti_tool.marking.forms import LONGEST_REASON, number, posted_people, posted_presence, posted_tap, sent_tap
from lti_tool.marking.queries import Held
from lti_tool.marking.register import Line, Register, register_of
from lti_tool.marking.words import changed_text, marked_text, presence_titles, source_titles
from lti_tool.people.access import Audience, current_launch, open_to, own_zone

marking = Blueprint("marking", __name__, url_prefix="/l/<visit>/marking")

STAFF = (Audience.INSTRUCTOR, Audience.COORDINATOR)
SESSION = "/<int(max=2147483647):session_id>"
_SHORTEST_SEARCH = 2


@marking.get("")
@open_to(*STAFF)
def overview() -> str:
    listed, moment = queries.sessions_to_mark(db.session, current_launch()), now()
    groups = {
        "now": [one for one in listed if one.held.opens_at <= moment <= one.held.session.ends_at],
        "open": [one for one in listed if one.held.session.ends_at < moment and not one.complete],
        "coming": [one for one in reversed(listed) if one.held.opens_at > moment],
        "done": [one for one in listed if one.held.session.ends_at < moment and one.complete],
    }
    return render_template("marking/overview.html", groups=groups, listed=listed, queue_of=_queue_of)


@marking.get(SESSION)
@open_to(*STAFF)
def register(session_id: int) -> Response:
    return register_page(held_session(session_id))


@marking.post(f"{SESSION}/marks")
@open_to(*STAFF)
def mark(session_id: int) -> Response:
    """One person, by a form; a correction without a reason comes back with a field for it."""
    held, wanted = held_session(session_id), posted_tap()
    person_to_mark(db.session, held.session, wanted.person_id)
    try:
        actions.tap(db.session, current_launch().person_id, held.session, wanted)
    except ReasonNeeded:
        return register_page(held, 422, asked=wanted)
    except ChangedMeanwhile:
        return register_page(held, 409, changed=wanted)
    db.session.commit()
    return _back_to(session_id, wanted.person_id)


@marking.put(f"{SESSION}/marks")
@open_to(*STAFF)
def send_mark(session_id: int) -> Response:
    """One person, by the script of the list, maybe long after it was tapped."""
    held, wanted = held_session(session_id), sent_tap()
    person_to_mark(db.session, held.session, wanted.person_id)
    try:
        actions.tap(db.session, current_launch().person_id, held.session, wanted)
    except ReasonNeeded:
        return make_response(jsonify(reason="reason", **_state(_line(held, wanted.person_id))), 422)
    except ChangedMeanwhile:
        line = _line(held, wanted.person_id)
        said = changed_text(line.marked if line else None)
        return make_response(jsonify(reason="changed", said=said, **_state(line)), 409)
    db.session.commit()
    return jsonify(_state(_line(held, wanted.person_id)))


@marking.get(f"{SESSION}/state")
@open_to(*STAFF)
def state(session_id: int) -> Response:
    """How everybody stands: what the script of the list asks for while it is open."""
    held = held_session(session_id)
    lines = _register(held).lines
    return jsonify(people={str(line.person_id): _state(line) for line in lines})


@marking.get(f"{SESSION}/rest")
@open_to(*STAFF)
def rest(session_id: int) -> str:
    """Whom marking all that are left would mark."""
    held = held_session(session_id)
    presence = Presence.ABSENT if request.args.get("presence") == Presence.ABSENT.value else Presence.PRESENT
    return render_template(
        "marking/rest.html", held=held, register=_register(held), presence=presence.value, titles=presence_titles()
    )


@marking.post(f"{SESSION}/rest")
@open_to(*STAFF)
def mark_rest(session_id: int) -> Response:
    held, people, presence = held_session(session_id), posted_people(), posted_presence()
    _own(held, people)
    actions.mark_unmarked(db.session, current_launch().person_id, held.session, people, presence)
    db.session.commit()
    return _back_to(session_id, notice="marked-rest")


@marking.post(f"{SESSION}/check-ins")
@open_to(*STAFF)
def confirm(session_id: int) -> Response:
    held, people = held_session(session_id), posted_people()
    actions.confirm_check_ins(db.session, current_launch().person_id, held.session, people)
    db.session.commit()
    return _back_to(session_id, notice="confirmed")


@marking.get(f"{SESSION}/paper")
@open_to(*STAFF)
def paper(session_id: int) -> str:
    held = held_session(session_id)
    return render_template("marking/paper.html", held=held, register=_register(held), zone=own_zone().key)


@marking.get(f"{SESSION}/log")
@open_to(*STAFF)
def log(session_id: int) -> str:
    """Of the whole session, or of the person that the address names."""
    held, typed = held_session(session_id), request.args.get("person")
    person = person_to_mark(db.session, held.session, number(typed)) if typed else None
    return render_template(
        "marking/log.html",
        held=held,
        person=person,
        changes=queries.changes_of(db.session, held.id, person.person_id if person else None),
        titles=presence_titles(),
        sources=source_titles(),
    )


def held_session(session_id: int) -> Held:
    launch = current_launch()
    return queries.held_in(db.session, session_to_mark(db.session, launch, session_id), launch.locale)


def register_page(held: Held, status: int = 200, *, asked: Tap | None = None, changed: Tap | None = None) -> Response:
    """`asked` is a change that waits for its reason, `changed` one that somebody else was faster than."""
    found, wanted = _register(held), request.args.get("q", "").strip()
    searched = len(wanted) >= _SHORTEST_SEARCH
    listed = [line.person_id for line in found.lines]
    people, more = queries.people_called(db.session, held.session, wanted, listed) if searched else ([], False)
    page = render_template(
        "marking/register.html",
        held=held,
        register=found,
        show=request.args.get("show"),
        asked=asked,
        changed=changed,
        wanted=wanted,
        searched=searched,
        people=people,
        more=more,
        titles=presence_titles(),
        marked_text=marked_text,
        changed_text=changed_text,
        queue=_queue_of(held),
        longest_reason=LONGEST_REASON,
        checking_in=held.session.check_in_until is not None and held.session.check_in_until > now(),
        zone=own_zone().key,
    )
    return make_response(page, status)


def _register(held: Held) -> Register:
    return register_of(db.session, held.session, current_launch().person_id, now())


def _line(held: Held, person_id: int) -> Line | None:
    return _register(held).line_of(person_id)


def _state(line: Line | None) -> dict[str, Any]:
    """How a person stands, for the script: `slip` are seconds in which a change needs no reason."""
    marked = line.marked if line else None
    return {
        "presence": marked.presence.value if marked else None,
        "note": marked_text(marked),
        "slip": marked.slip if marked else 0,
        "here": line is not None and line.here,
    }


def _own(held: Held, people: list[int]) -> None:
    """Raises `NotFound` if anybody is not on the list."""
    listed = {line.person_id for line in _register(held).lines}
    for person_id in set(people) - listed:
        person_to_mark(db.session, held.session, person_id)


def _queue_of(held: Held) -> str:
    """What the queue of this person's marks is called on their device."""
    return device_key(f"marks {current_launch().person_id} {held.id}")


def _back_to(session_id: int, person_id: int | None = None, *, notice: str | None = None) -> Response:
    show = "open" if request.form.get("show") == "open" else None
    anchor = f"p{person_id}" if person_id else None
    address = url_for("marking.register", session_id=session_id, show=show, notice=notice, _anchor=anchor)
    return redirect(address, 303)
