"""The essays of a course's own learning assistants, for its instructors; and the documents of both kinds of staff."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response, render_template, request
from flask_babel import get_locale
from werkzeug import Response

from lti_tool.database import db
from lti_tool.errors import NotFound
from lti_tool.essays import distribution, queries
from lti_tool.essays.access import essay_in_course
from lti_tool.essays.distribution import Offer, Scope
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.people.names import Somebody
from lti_tool.programme.queries import CurrentModule, current_modules
from lti_tool.reflection.forms import language_name
from lti_tool.reflection.words import count_words

_LARGEST_PART = 10_000

course_essays = Blueprint("course_essays", __name__, url_prefix="/l/<visit>/essays")


@course_essays.get("/course")
@open_to(Audience.INSTRUCTOR)
def overview() -> str:
    launch = current_launch()
    modules = current_modules(db.session)
    scope, titles = distribution.in_course(launch.course_id, modules), _titles(modules)
    offers = distribution.offers(db.session, scope, titles)
    chosen = _chosen(offers, request.args.get("module") or launch.module_key)
    written = distribution.essays_in(db.session, (*scope, *distribution.of_module(chosen.key))) if chosen else []
    return render_template(
        "essays/course.html",
        downloads=offers,
        download_page="course_essays.download_course",
        chosen=chosen,
        written=written,
        language_name=language_name,
    )


@course_essays.get("/course/<key>/<essay>")
@open_to(Audience.INSTRUCTOR)
def reading(key: str, essay: str) -> str:
    launch, module = current_launch(), _module(key)
    found = essay_in_course(db.session, launch.course_id, module, essay)
    scope = (*distribution.in_course(launch.course_id, [module]), *distribution.of_module(key))
    ids = [one.public_id for one in distribution.essays_in(db.session, scope)]
    here = ids.index(found.public_id)
    return render_template(
        "essays/course_reading.html",
        key=key,
        essay=found,
        author=Somebody(found.participation.person.id, found.participation.person.name),
        module_title=module.content.title_in(_language()),
        words=count_words(found.submitted_text or ""),
        previous=ids[here - 1] if here else None,
        following=ids[here + 1] if here + 1 < len(ids) else None,
        language_name=language_name,
    )


@course_essays.get("/course/download/<key>.<any(html, pdf):kind>")
@open_to(Audience.INSTRUCTOR)
def download_course(key: str, kind: str) -> Response:
    launch, module = current_launch(), _module(key)
    scope = (*distribution.in_course(launch.course_id, [module]), *distribution.of_module(key))
    return _download(_Wanted(scope, key, kind, launch.course_title), _titles([module]))


@course_essays.get("/download/<key>.<any(html, pdf):kind>")
@open_to(Audience.COORDINATOR)
def download_cohort(key: str, kind: str) -> Response:
    cohort_ids = current_launch().cohort_ids
    scope = (*distribution.in_cohorts(cohort_ids), *distribution.of_module(key))
    return _download(_Wanted(scope, key, kind), queries.module_titles(db.session, cohort_ids, _language()))


@dataclass(frozen=True, slots=True)
class _Wanted:
    scope: Scope
    key: str
    kind: str
    course: str | None = None


def _download(wanted: _Wanted, titles: dict[str, str]) -> Response:
    """As a file whose name says nothing of anybody. Raises `NotFound` where there is no essay, or no such part."""
    offer = _chosen(distribution.offers(db.session, wanted.scope, titles), wanted.key)
    part = request.args.get("part", 1, type=int)
    if offer is None or not 1 <= part <= min(offer.parts, _LARGEST_PART):
        raise NotFound("no such document of essays")
    document = distribution.document_of(db.session, wanted.scope, offer, part, _language(), course=wanted.course)
    body, kind = distribution.file_of(document, wanted.kind)
    name = f"essays-{wanted.key}{f'-{part}' if offer.parts > 1 else ''}.{wanted.kind}"
    answer = make_response(body)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _chosen(offers: list[Offer], key: str | None) -> Offer | None:
    """The offer of this module, or the first one."""
    return next((offer for offer in offers if offer.key == key), offers[0] if offers else None)


def _module(key: str) -> CurrentModule:
    found = [module for module in current_modules(db.session) if module.key == key]
    if not found:
        raise NotFound("no such module")
    return found[0]


def _titles(modules: list[CurrentModule]) -> dict[str, str]:
    return {module.key: module.content.title_in(_language()) for module in modules}


def _language() -> str:
    return str(get_locale())
