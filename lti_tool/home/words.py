"""What the task list says: each part's state, and the one next step, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from lti_tool.home.queries import Progress
from lti_tool.home.tasks import Part, Status, Task
from lti_tool.modules.date_words import due_words, evaluation_due_words, is_past, late_words
from lti_tool.moments import at_moment
from lti_tool.programme.content import Step
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext

_PAGES = {
    Part.READING: "home.reading",
    Part.TEST: "quiz.test",
    Part.ESSAY: "reflection.essay",
    Part.EVALUATIONS: "peer_review.evaluations",
}
_KINDS = {
    Status.STARTED: "started",
    Status.WAITING: "waiting",
    Status.STUCK: "failed",
    Status.RETURNED: "failed",
    Status.LAPSED: "failed",
    Status.DONE: "done",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the task list. `url` is None while the part cannot be opened; `kind` is a kind of state tag."""

    title: str
    url: str | None
    state: str
    kind: str
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextStep:
    """`url` and `button` are None while there is nothing to do but wait."""

    title: str
    text: str
    button: str | None = None
    url: str | None = None


def items(progress: Progress) -> list[Item]:
    return [_item(progress, task) for task in progress.plan.tasks]


def next_step(progress: Progress) -> NextStep | None:
    """None once everything is done."""
    part = progress.plan.next_part
    if part is not None:
        title, text, button = _NEXT[part](progress)
        return NextStep(title, text, button, _next_url(progress, part))
    if progress.plan.complete:
        return None
    if Status.STUCK in {task.status for task in progress.plan.tasks}:
        return _stuck()
    return _taking_no_part() if progress.evaluations.withdrawn else _waiting(progress)


def _item(progress: Progress, task: Task) -> Item:
    title, state, hints = _WORDS[task.part](progress, task)
    url = None if task.status is Status.LATER else url_for(_PAGES[task.part], key=progress.key)
    hints = [*hints, date_hint(progress, task)]
    return Item(title, url, state, _KINDS.get(task.status, "todo"), tuple(hint for hint in hints if hint))


def date_hint(progress: Progress, task: Task) -> Markup:
    """The date of a part that has one, for as long as the person can do something about it."""
    if task.part is Part.READING:
        return Markup()
    found = progress.deadline(Step(task.part.value))
    if task.status is Status.DONE:
        return late_words(found, task.at)
    if task.part is not Part.EVALUATIONS:
        return due_words(found)
    # Whoever waits for an essay is late with nothing: it comes with time enough.
    waits = task.status in (Status.LATER, Status.WAITING, Status.LAPSED)
    return Markup() if waits and is_past(found) else evaluation_due_words(found)


def next_date(progress: Progress) -> Markup:
    """The date of the next step, nothing while there is none."""
    part = progress.plan.next_part
    if part is Part.READING:
        first = progress.plan.tasks[1]
        due = date_hint(progress, first)
        return Markup("{}: {}").format(_WORDS[first.part](progress, first)[0], due) if due else due
    return date_hint(progress, progress.plan.task(part)) if part else Markup()


def _next_url(progress: Progress, part: Part) -> str:
    upcoming = progress.evaluations.next_task
    if part is Part.EVALUATIONS and upcoming:
        return url_for("peer_review.evaluation", public_id=upcoming.public_id)
    return url_for(_PAGES[part], key=progress.key)


def _reading(progress: Progress, _task: Task) -> tuple[str, str, list[str]]:
    return _("Reading"), _("Always open"), [_minutes(progress)]


def _minutes(progress: Progress) -> str:
    minutes = progress.standing.content.reading_minutes
    return ngettext("About %(num)s minute.", "About %(num)s minutes.", minutes)


def _test(progress: Progress, task: Task) -> tuple[str, str, list[str]]:
    test, title = progress.test, _("Test")
    best = "" if test.best_right is None else _("Your best so far: %(right)s right.", right=test.best_right)
    if task.status is Status.DONE:
        score = _("%(right)s of %(total)s right.", right=test.best_right, total=test.total) if best else ""
        return title, _("Done"), [Markup(" ").join([at_moment(_("Passed %(when)s."), task.at), score])]
    if task.status is Status.STUCK:
        return title, _("No attempts left"), [best, _("Ask your coordinator how to go on.")]
    rule = _("%(total)s questions, %(needed)s right to pass.", total=test.total, needed=test.needed)
    if task.status is Status.NOT_STARTED:
        return title, _("Not started"), [rule, _attempts_left(progress)]
    return title, _("Started") if test.open_attempt else _("Not passed yet"), [rule, best, _attempts_left(progress)]


def _attempts_left(progress: Progress) -> str:
    test = progress.test
    if test.attempts_allowed is None:
        return _("You can try as often as you like.")
    left = test.attempts_allowed - test.attempts_used
    return ngettext("%(num)s attempt left.", "%(num)s attempts left.", left)


def _essay(progress: Progress, task: Task) -> tuple[str, str, list[str]]:
    title, essay = _("Reflection essay"), progress.essay
    content = progress.standing.content
    length = _("%(least)s to %(most)s words.", least=content.essay_words_min, most=content.essay_words_max)
    if task.status is Status.NOT_STARTED:
        return title, _("Not started"), [length]
    if task.status is Status.RETURNED:
        return title, _("Returned: write it anew"), [at_moment(_("Returned %(when)s."), task.at)]
    if task.status is Status.STARTED:
        so_far = ngettext("%(num)s word so far.", "%(num)s words so far.", essay.words)
        return title, at_moment(_("Draft saved %(when)s"), task.at), [f"{so_far} {length}"]
    return title, _("Done"), [at_moment(_("Submitted %(when)s."), task.at), _changeable(progress)]


def _changeable(progress: Progress) -> str:
    if progress.essay.locked:
        return _("Somebody has begun to evaluate it, so it can no longer be changed.")
    if Step.EVALUATIONS in progress.standing.content.steps:
        return _("You can still edit it, until somebody begins to evaluate it.")
    return _("You can still change it and submit it again, as long as the module is open.")


def _evaluations(progress: Progress, task: Task) -> tuple[str, str, list[str]]:
    title, state = _("Two peer evaluations"), progress.evaluations
    given = sum(evaluation.given for evaluation in state.tasks)
    one_given = _("One of two is done.") if given == 1 else ""
    if task.status is Status.WAITING and state.withdrawn:
        return title, _("You take no part"), [one_given]
    if task.status is not Status.NOT_STARTED and task.status is not Status.STARTED:
        return title, *_no_evaluation_to_write(task, one_given)
    second = "" if len(state.tasks) > 1 else _("The second essay comes as soon as there is one for you.")
    if task.status is Status.NOT_STARTED:
        ready = ngettext("%(num)s essay is ready for you.", "%(num)s essays are ready for you.", len(state.tasks))
        return title, _("Not started"), [ready, second]
    if task.at:
        return title, at_moment(_("Draft saved %(when)s"), task.at), [one_given, second]
    return title, _("1 of 2 done") if given else _("Started"), [second]


def _no_evaluation_to_write(task: Task, one_given: str) -> tuple[str, list[str]]:
    if task.status is Status.DONE:
        return _("Done"), [at_moment(_("The second was submitted %(when)s."), task.at)]
    if task.status is Status.LATER:
        return _("Opens later"), [_("Opens when your essay is submitted.")]
    if task.status is Status.RETURNED:
        return _("Returned to you"), [at_moment(_("Returned %(when)s."), task.at), one_given]
    if task.status is Status.LAPSED:
        return _("Time is over"), [one_given, _("You can get a new essay.")]
    return _("Waiting for an essay"), [one_given, at_moment(_("Since %(when)s."), task.at)]


_WORDS = {Part.READING: _reading, Part.TEST: _test, Part.ESSAY: _essay, Part.EVALUATIONS: _evaluations}


def _read_next(progress: Progress) -> tuple[str, str, str]:
    test = Step.TEST in progress.standing.content.steps
    why = _("The test and the essay build on it.") if test else _("The essay builds on it.")
    return _("Start with the reading"), f"{_minutes(progress)} {why}", _("Open the reading")


def _test_next(progress: Progress) -> tuple[str, str, str]:
    rule = _(
        "You need %(needed)s of %(total)s questions right to pass. Afterwards you see why an answer is right or wrong.",
        needed=progress.test.needed,
        total=progress.test.total,
    )
    if progress.test.open_attempt:
        return _("Go on with the test"), _("Your answers so far are kept."), _("Go on with the test")
    if progress.test.attempts_used:
        return _("Try the test again"), rule, _("Try the test again")
    return _("Take the test"), rule, _("Take the test")


def _essay_next(progress: Progress) -> tuple[str, str, str]:
    content = progress.standing.content
    if progress.essay.returned_at is not None:
        why = _("The coordinator has returned your essay and says what could be better. Submit it again when it is.")
        return _("Write your essay anew"), why, _("See what to change")
    limits = {"least": content.essay_words_min, "most": content.essay_words_max}
    text = (
        _(
            "%(least)s to %(most)s words about your own practice. Two other learning assistants will read it, without "
            "knowing who you are.",
            **limits,
        )
        if Step.EVALUATIONS in content.steps
        else _(
            "%(least)s to %(most)s words about your own practice. Your coordinator and your course teacher read it.",
            **limits,
        )
    )
    if progress.essay.saved_at is None:
        return _("Write your reflection essay"), text, _("Begin the essay")
    return _("Finish your reflection essay"), text, _("Go on with the essay")


def _evaluations_next(progress: Progress) -> tuple[str, str, str]:
    upcoming = progress.evaluations.next_task
    text = _("You read another learning assistant's essay and tell its author what works and what could be better.")
    if upcoming and upcoming.returned_at:
        why = _(
            "The coordinator has returned your evaluation and says what to change. It counts again once you submit it."
        )
        return _("Write your evaluation anew"), why, _("See what to change")
    if upcoming is None:
        why = _(
            "The time for your evaluation ran out, so somebody else may have the essay now. Nothing you wrote is lost."
        )
        return _("Get a new essay to evaluate"), why, _("See what you can do")
    if upcoming.saved_at:
        return _("Finish your evaluation"), text, _("Go on with the evaluation")
    if any(evaluation.given for evaluation in progress.evaluations.tasks):
        return _("Evaluate the second essay"), text, _("Open the essay")
    return _("Evaluate an essay"), text, _("Open the essay")


_NEXT = {
    Part.READING: _read_next,
    Part.TEST: _test_next,
    Part.ESSAY: _essay_next,
    Part.EVALUATIONS: _evaluations_next,
}


def _stuck() -> NextStep:
    return NextStep(
        _("You have used all attempts at the test"),
        _("Ask your coordinator how to go on. Everything else you have done here is kept."),
    )


def _taking_no_part() -> NextStep:
    return NextStep(
        _("You take no part in the peer evaluation of this module"),
        _("What you have written, given and received stays."),
    )


def _waiting(progress: Progress) -> NextStep:
    missing = progress.evaluations.waiting_for
    who = (
        ngettext(
            "One more learning assistant has to submit an essay before there is one for you to evaluate.",
            "%(num)s more learning assistants have to submit their essays before there is one for you to evaluate.",
            missing,
        )
        if missing
        else _("There is no essay for you to evaluate yet.")
    )
    since = at_moment(_("You have been waiting since %(when)s."), progress.plan.task(Part.EVALUATIONS).at)
    after = _("It will appear on this page. You need not do anything until then.")
    return NextStep(_("You are waiting for an essay"), Markup(" ").join([who, since, after]))
