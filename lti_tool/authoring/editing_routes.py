"""Writing the texts of a module, place by place and language by language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import jsonify, make_response, redirect, render_template, request, url_for
from pydantic import BaseModel, ConfigDict, StrictStr
from werkzeug import Response

from lti_tool.authoring import actions, forms
from lti_tool.authoring.access import OwnModule, own_module
from lti_tool.authoring.actions import Open, Writer, Written, WrittenElsewhere, draft_of
from lti_tool.authoring.editing import FEWEST_OPTIONS, NoSuchPlace, Place, texts_at
from lti_tool.authoring.problems import problems
from lti_tool.authoring.queries import person_named
from lti_tool.authoring.routes import authoring, no_such_place, title_of
from lti_tool.authoring.view import neighbours
from lti_tool.authoring.words import field_title, place_title
from lti_tool.database import db
from lti_tool.drafts import Unreadable, clean_text, device_key, json_body, saved_text
from lti_tool.errors import Conflict
from lti_tool.markdown import render
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.texts import gettext as _

_EDIT = "/<key>/edit/<address>/<language>"


class Snippet(BaseModel):
    model_config = ConfigDict(extra="forbid")

    markdown: StrictStr


@dataclass(frozen=True, slots=True)
class Desk:
    """What one page of writing is about."""

    module: OwnModule
    opened: Open
    place: Place
    language: str

    @property
    def address(self) -> dict[str, Any]:
        return {"key": self.module.key, "address": str(self.place), "language": self.language}


@authoring.get(_EDIT)
@open_to(Audience.COORDINATOR)
def edit(key: str, address: str, language: str) -> Response:
    desk = _desk(key, address, language)
    form = forms.place_form(desk.opened.draft, desk.place, language, desk.opened.version)
    return _page(desk, form, forms.fields_of(desk.opened.draft, desk.place, language))


@authoring.post(_EDIT)
@open_to(Audience.COORDINATOR)
def save(key: str, address: str, language: str) -> Response:
    """Every button of the page; what cannot be kept is shown again."""
    action = _action(request.form.get("action"))
    version = forms.version_in(request.form.get("version"))
    try:
        desk = _desk(key, address, language)
    except Gone as gone:
        return _lost_page(key, gone)
    form = forms.place_form(desk.opened.draft, desk.place, language)
    fields = forms.posted_fields(form, request.form)
    try:
        _save(desk, fields, version)
        anchor = _carry_out(desk, action)
    except WrittenElsewhere as other:
        db.session.rollback()
        return _conflict_page(_desk(key, address, language), form, fields, other)
    db.session.commit()
    return redirect(_next_address(desk, action, anchor), 303)


@authoring.put(f"{_EDIT}/draft")
@open_to(Audience.COORDINATOR)
def autosave(key: str, address: str, language: str) -> Response:
    """{"fields": {...}, "version": n} gives {"version": m, "status": "Saved 14:05"}.

    409 with "reason" `changed` comes with the other "fields" and their "version".
    """
    sent = json_body(forms.Sent)
    desk = _desk(key, address, language)
    try:
        saved = _save(desk, sent.fields, sent.version)
    except WrittenElsewhere as other:
        db.session.rollback()
        there = _desk(key, address, language)
        fields = forms.fields_of(there.opened.draft, there.place, language)
        return make_response(
            jsonify(reason="changed", status=other.explanation, version=other.version, fields=fields), 409
        )
    db.session.commit()
    return jsonify(version=saved.version, status=saved_text(saved.saved_at) if saved.saved_at else _("Saved."))


@authoring.post("/markdown")
@open_to(Audience.COORDINATOR)
def markdown() -> Response:
    """{"markdown": "..."} gives {"html": "..."}, as readers would see it. Nothing is stored."""
    text = clean_text(json_body(Snippet).markdown)
    return jsonify(html=str(render(text, 3)))


class Gone(Conflict):
    """What was edited is not in the module any more."""

    def __init__(self) -> None:
        super().__init__(
            "a place that is gone",
            title=_("This has been taken out of the module"),
            explanation=_("Somebody, perhaps you in another tab, has taken it out, so nothing was saved."),
            advice=_("If it was taken out lately, it can be put back from the list that it stood in."),
        )


def _desk(key: str, address: str, language: str) -> Desk:
    """Raises `NotFound` for what never was, and `Gone` where a form is posted for what is not there any more."""
    module = own_module(db.session, current_launch(), key)
    opened = draft_of(db.session, module.id)
    try:
        place = Place.parse(address)
        texts_at(opened.draft, place, language)
    except NoSuchPlace as error:
        if request.method == "POST" and address.partition(".")[2]:
            raise Gone from error
        raise no_such_place() from error
    return Desk(module, opened, place, language)


def _save(desk: Desk, fields: Mapping[str, str], version: int) -> Open:
    answers = forms.answers_in(desk.opened.draft, desk.place, desk.language, fields)
    written = Written(desk.place, desk.language, forms.texts_in(fields), answers)
    return actions.save_texts(db.session, _writer(desk), written, version)


def _writer(desk: Desk) -> Writer:
    return Writer(desk.module.id, current_launch().person_id)


def _action(name: str | None) -> str:
    if name in {"save", "preview", "next", "add-option"} or (name or "").startswith("remove-option:"):
        return name or ""
    raise Unreadable("unknown button")


def _carry_out(desk: Desk, action: str) -> str | None:
    """What a button does beside saving; returns where on the page to go on."""
    name, _colon, option = action.partition(":")
    if name not in ("add-option", "remove-option"):
        return "preview" if action == "preview" else None
    try:
        if name == "add-option":
            actions.add_option(db.session, _writer(desk), desk.place)
        else:
            actions.remove_option(db.session, _writer(desk), desk.place, option)
    except NoSuchPlace as error:
        raise Unreadable("an option that is not there") from error
    return "answers"


def _next_address(desk: Desk, action: str, anchor: str | None) -> str:
    if action == "next":
        after = neighbours(desk.opened.draft, desk.place).after
        if after is not None:
            return url_for("authoring.edit", key=desk.module.key, address=after, language=desk.language, notice="saved")
        return url_for("authoring.module", key=desk.module.key, notice="saved")
    shown = {"preview": 1} if action == "preview" else {"notice": "saved"}
    return url_for("authoring.edit", **desk.address, **shown, _anchor=anchor)


def _conflict_page(desk: Desk, form: Any, fields: Mapping[str, str], other: WrittenElsewhere) -> Response:
    """Both texts: what was typed stands in the form, the other beside it, and what has no field any more below."""
    there = forms.fields_of(desk.opened.draft, desk.place, desk.language)
    fresh = forms.place_form(desk.opened.draft, desk.place, desk.language)
    fresh.version.data = str(other.version)
    gone = {name: text for name, text in fields.items() if name.startswith(forms.TEXT) and name not in there}
    differing = {name: text for name, text in there.items() if fields.get(name) != text and name.startswith(forms.TEXT)}
    others = [*_titled(desk, differing), *_answers_there(desk, there, fields)]
    who = person_named(db.session, other.saved_by)
    shown = {"others": others, "gone": _titled(desk, gone), "who": who, "there": there}
    return _page(desk, fresh, fields, status=409, conflict=shown)


def _titled(desk: Desk, fields: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(field_title(desk.place, name.removeprefix(forms.TEXT)), text) for name, text in fields.items()]


def _answers_there(desk: Desk, there: Mapping[str, str], fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """Which options are right now, where the form says otherwise."""
    rights = [name for name in there if name.startswith(forms.RIGHT)]
    if all(there[name] == fields.get(name) for name in rights):
        return []
    texts = [there[f"{forms.TEXT}option-{name.removeprefix(forms.RIGHT)}-text"] for name in rights if there[name]]
    return [(field_title(desk.place, "answers"), "\n".join(texts))]


def _page(desk: Desk, form: Any, fields: Mapping[str, str], *, status: int = 200, **values: Any) -> Response:
    draft, default = desk.opened.draft, desk.opened.draft.default_language
    beside = texts_at(draft, desk.place, default) if desk.language != default else {}
    rows = forms.rows(draft, desk.place, desk.language)
    found = [problem for problem in problems(draft) if problem.place == desk.place]
    page = render_template(
        "authoring/edit.html",
        module=desk.module,
        draft=draft,
        place=desk.place,
        language=desk.language,
        title=place_title(draft, desk.place),
        form=form,
        module_title=title_of(desk.opened),
        sections=forms.sections(rows),
        may_remove=len({row.inner for row in rows if row.inner}) > FEWEST_OPTIONS,
        has_markdown=any(row.markdown for row in rows),
        asks=forms.asks(draft, desk.place, desk.language),
        beside=beside,
        written={name.removeprefix(forms.TEXT): text for name, text in fields.items()},
        problems=[problem for problem in found if problem.language in (desk.language, None)],
        neighbours=neighbours(draft, desk.place),
        saved=saved_text(desk.opened.saved_at) if desk.opened.saved_at and status == 200 else "",
        preview=bool(request.args.get("preview")),
        device_key=_device_key(desk),
        **{"conflict": None, **values},
    )
    return make_response(page, status)


def _lost_page(key: str, gone: Gone) -> Response:
    typed = {name: text for name, text in request.form.items() if name.startswith(forms.TEXT) and text.strip()}
    page = render_template("authoring/lost.html", key=key, gone=gone, texts=list(typed.values()))
    return make_response(page, gone.status)


def _device_key(desk: Desk) -> str:
    return device_key(f"module {current_launch().person_id} {desk.module.id} {desk.place} {desk.language}")
