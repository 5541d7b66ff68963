"""A learning assistant's training, the reading, and where staff begin."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from pydantic import BaseModel, ConfigDict, StrictStr
from werkzeug import Response

from lti_tool.addresses import way_back
from lti_tool.course_module.scope import holds_module
from lti_tool.database import db, now
from lti_tool.drafts import Unreadable, json_body
from lti_tool.errors import DomainError
from lti_tool.home import actions, standing_words, words
from lti_tool.home.material import films_of, origins_of, place_of
from lti_tool.home.queries import progress_in
from lti_tool.home.reading import publication
from lti_tool.home.step_words import page_step
from lti_tool.home.steps import next_of
from lti_tool.home.training import training_of
from lti_tool.markdown import render
from lti_tool.messages.panel import panel
from lti_tool.modules.choices import Choice, choice_of
from lti_tool.modules.programmes import modules_for
from lti_tool.modules.queries import standing_of
from lti_tool.people.access import EVERYONE, Audience, current_launch, open_to
from lti_tool.people.models import Role
from lti_tool.programme.content import in_language
from lti_tool.programme.queries import content_of
from lti_tool.texts import gettext as _
from lti_tool.web import LANGUAGES, allow_frames


class Zone(BaseModel):
    model_config = ConfigDict(extra="forbid")

    timezone: StrictStr


home = Blueprint("home", __name__, url_prefix="/l/<visit>")


@home.get("/")
@open_to(*EVERYONE)
def start() -> str:
    launch = current_launch()
    if launch.role is Role.INSTRUCTOR:
        return _staff_page()
    return _module_page(launch.module_key) if launch.module_key else _training_page()


@home.get("/training")
@open_to(Audience.LEARNER)
def training() -> str:
    """The whole programme, also where the link leads to one of its modules."""
    return _training_page()


@home.get("/modules/<key>")
@open_to(Audience.LEARNER)
def module(key: str) -> str:
    return _module_page(key)


@home.get("/modules/<key>/reading")
@open_to(*EVERYONE)
def reading(key: str) -> Response:
    standing = standing_of(db.session, current_launch().person_id, key)
    text = standing.content.text_in(_language())
    films = films_of(text)
    page = make_response(
        render_template(
            "home/reading.html",
            key=key,
            text=text,
            minutes=standing.content.reading_minutes,
            steps=standing.content.steps,
            publication=publication(render(text.reading)),
            films=films,
        )
    )
    allow_frames(page, origins_of(films))
    return page


@home.get("/modules/<key>/topics/<topic>")
@open_to(*EVERYONE)
def topic(key: str, topic: str) -> str:
    standing = standing_of(db.session, current_launch().person_id, key)
    text = standing.content.text_in(_language())
    place = place_of(text, topic)
    shown = publication(render(place.topic.text))
    return render_template("home/topic.html", key=key, text=text, place=place, publication=shown)


@home.post("/language")
@open_to(*EVERYONE)
def language() -> Response:
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        raise DomainError("unknown language", explanation=_("These pages do not speak that language."))
    actions.choose_language(db.session, current_launch(), wanted)
    db.session.commit()
    return redirect(way_back(request.form.get("back", ""), url_for("home.start"), "language"), 303)


@home.put("/timezone")
@open_to(*EVERYONE)
def timezone() -> Response:
    """What the page's script tells of the browser: {"timezone": "Europe/Oslo"}."""
    try:
        actions.keep_timezone(db.session, current_launch().person_id, json_body(Zone).timezone)
    except ValueError as error:
        raise Unreadable("unknown time zone") from error
    db.session.commit()
    return Response(status=204)


def _module_page(key: str) -> str:
    person_id = current_launch().person_id
    progress = progress_in(db.session, person_id, key)
    choice = choice_of(db.session, person_id, progress.standing.module)
    next_step = words.next_step(progress)
    return render_template(
        "home/module.html",
        progress=progress,
        choice=choice,
        taken=_titles(choice),
        text=progress.standing.content.text_in(_language()),
        items=words.items(progress),
        next_step=next_step,
        due=words.next_date(progress),
        panel=panel(db.session, person_id, _language(), shown=next_step.url if next_step else None),
    )


def _titles(choice: Choice | None) -> list[str]:
    """Of the modules that are taken."""
    ids = [one.content_id for one in choice.taken if one.content_id] if choice else []
    return [content_of(db.session, content_id).title_in(_language()) for content_id in ids]


def _training_page() -> str:
    person_id = current_launch().person_id
    moment = now()
    trainings = training_of(db.session, person_id, moment)
    found = next_of(trainings, moment)
    step = page_step(found, _language()) if found else None
    return render_template(
        "home/training.html",
        trainings=trainings,
        step=step,
        language=_language(),
        words=words,
        standing_words=standing_words,
        render=render,
        in_language=in_language,
        panel=panel(db.session, person_id, _language(), shown=step.url if step and step.to_do else None),
    )


def _staff_page() -> str:
    launch = current_launch()
    return render_template(
        "home/staff.html",
        modules=modules_for(db.session, launch.person_id),
        holds_module=holds_module(db.session, launch.course_id),
        language=_language(),
    )


def _language() -> str:
    return str(get_locale())
