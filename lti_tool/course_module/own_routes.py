"""What a learning assistant sees of the modules that their courses hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.attendance.models import TrainingSession
from lti_tool.course_module.agreement import ChangedMeanwhile, agreement_of, answer, holds, seen_in, share_of
from lti_tool.course_module.blueprint import OWN, course_module
from lti_tool.course_module.evaluation import OneSide, Subject, side_of
from lti_tool.course_module.forms import RemarkForm
from lti_tool.course_module.hours import Share, Was
from lti_tool.course_module.models import Agreement, AgreementShare, Side
from lti_tool.course_module.queries import dates_of, share_in, was_at
from lti_tool.course_module.scope import CourseModule, courses_without, module_of_assistant, modules_of_assistant
from lti_tool.database import db, now
from lti_tool.drafts import Unreadable
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.requirements import Meeting


@dataclass(frozen=True, slots=True)
class OwnMeeting:
    """`dates` with what is known of the person there; one that was called off is among them while it lies ahead.
    `ahead` are the minutes of those that are held and not over."""

    meeting: Meeting
    share: Share
    dates: tuple[tuple[TrainingSession, Was], ...]
    ahead: int


@dataclass(frozen=True, slots=True)
class OwnModule:
    """What one course holds, as one of its learning assistants meets it. `agreement` and `evaluation` are None where
    there is none so far, or none is asked for."""

    module: CourseModule
    meetings: tuple[OwnMeeting, ...]
    agreement: Agreement | None
    share: AgreementShare | None
    form: RemarkForm
    evaluation: OneSide | None

    @property
    def attended(self) -> bool:
        """Nothing that the course holds is left to come to."""
        return all(one.share.done for one in self.meetings)

    @property
    def confirmed(self) -> bool:
        return holds(self.agreement, self.share)


@course_module.get("/own")
@open_to(Audience.LEARNER)
def own() -> Response:
    return _page()


@course_module.post(f"{OWN}/agreement")
@open_to(Audience.LEARNER)
def confirm(cohort_id: int, course_id: int) -> Response:
    """Confirm what is agreed on, or (action=remark) say something of it without confirming."""
    launch = current_launch()
    module = module_of_assistant(db.session, launch.person_id, course_id, cohort_id)
    module.must_record("agreement")
    form, action = RemarkForm(prefix=_prefix(module)), request.form.get("action")
    if action not in ("confirm", "remark"):
        raise Unreadable("unknown button")
    seen, confirms = form.revisions(), action == "confirm"
    text = form.text(wanted=not confirms)
    if text is None:
        return _page(module, form, 422)
    try:
        answer(db.session, launch.person_id, module, seen, text, confirms=confirms)
    except ChangedMeanwhile as refusal:
        db.session.rollback()
        return _page(module, form, refusal.status, changed=True)
    db.session.commit()
    notice = "agreement-confirmed" if confirms else "remark-sent"
    return redirect(url_for("course_module.own", notice=notice, _anchor=_prefix(module)), 303)


def _page(
    refused: CourseModule | None = None, form: RemarkForm | None = None, status: int = 200, *, changed: bool = False
) -> Response:
    """`form` is what was typed about the course `refused`, and `changed` says that the agreement is another now."""
    launch = current_launch()
    modules = modules_of_assistant(db.session, launch.person_id)
    page = render_template(
        "course_module/own.html",
        own=[_own(module, form if module == refused else None) for module in modules],
        without=courses_without(db.session, launch.person_id, modules),
        refused=refused,
        form=form,
        changed=changed,
        prefix=_prefix,
        moment_now=now(),
        Was=Was,
        language=launch.locale,
    )
    return make_response(page, status)


def _own(module: CourseModule, refused: RemarkForm | None) -> OwnModule:
    person_id = current_launch().person_id
    agreement = agreement_of(db.session, module)
    share = share_of(db.session, agreement, person_id)
    evaluation = None
    if module.records("evaluation"):
        evaluation = side_of(db.session, Subject(module, person_id), Side.ASSISTANT)
    form = _remark_form(module, agreement, share, refused)
    return OwnModule(module, _meetings(module, person_id), agreement, share, form, evaluation)


def _meetings(module: CourseModule, person_id: int) -> tuple[OwnMeeting, ...]:
    dates = dates_of(db.session, module, called_off=True)
    was = was_at(db.session, dates, person_id)
    held = [one for one in dates if one.cancelled_at is None]
    shown = [one for one in dates if one.cancelled_at is None or one.ends_at > now()]

    def own_meeting(meeting: Meeting) -> OwnMeeting:
        own = tuple((one, was.get(one.id, Was.OPEN)) for one in shown if one.meeting_key == meeting.key)
        return OwnMeeting(meeting, share_in(meeting, held, was), own, _ahead(own))

    return tuple(map(own_meeting, module.meetings))


def _ahead(dates: Iterable[tuple[TrainingSession, Was]]) -> int:
    moment = now()
    return sum(
        one.minutes for one, was in dates if was is Was.OPEN and one.cancelled_at is None and one.ends_at > moment
    )


def _remark_form(
    module: CourseModule, agreement: Agreement | None, share: AgreementShare | None, refused: RemarkForm | None
) -> RemarkForm:
    """With what was typed, if it could not be kept; always about what the page shows now."""
    form = refused or RemarkForm(formdata=None, prefix=_prefix(module), obj=share)
    if agreement is not None:
        seen = seen_in(agreement, share)
        form.seen.data, form.seen_addition.data = str(seen.revision), str(seen.addition)
    return form


def _prefix(module: CourseModule) -> str:
    return f"course-{module.course_id}-{module.cohort_id}-"
