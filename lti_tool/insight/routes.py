"""How the cohort fares, as figures and charts, and who stands behind each figure."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask_babel import format_percent

from lti_tool.bars import parts
from lti_tool.database import db
from lti_tool.errors import NotFound
from lti_tool.insight import queries, words
from lti_tool.insight.judgements import Judgements, judgements
from lti_tool.insight.queries import Module
from lti_tool.insight.stages import Stage
from lti_tool.paging import PagedView, page_in, pages_of
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.content import Criterion
from lti_tool.programme.queries import content_of

insight = Blueprint("insight", __name__, url_prefix="/l/<visit>/insight")


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """One page of those who stand somewhere."""

    module: str
    stage: Stage


@insight.get("")
@open_to(Audience.COORDINATOR)
def overview() -> str:
    launch = current_launch()
    module, titles = _module()
    stages = queries.stage_counts(db.session, launch.cohort_ids, module)
    funnel = queries.funnel(db.session, launch.cohort_ids, module, stages.get(Stage.OPENED, 0))
    form = content_of(db.session, module.content_id).text_in(launch.locale).evaluation
    judged = queries.judged(db.session, launch.cohort_ids, module, form) if form else []
    criteria = [(c, judgements(c.key, len(c.levels), judged)) for c in form.criteria] if form else []
    return render_template(
        "insight/overview.html",
        module=module,
        titles=titles,
        stages=[(stage, count, words.STAGES[stage], words.WHO[stage.who]) for stage, count in stages.items()],
        milestones=words.milestones(funnel),
        opened=funnel.opened,
        evaluated=form is not None,
        criteria=criteria,
        scales=_by_scale(criteria),
        given=len(judged),
        distances=words.distances,
        parts=parts,
        percent=format_percent,
    )


def _by_scale(
    criteria: list[tuple[Criterion, Judgements]],
) -> list[tuple[list[str], list[tuple[Criterion, Judgements]]]]:
    """Criteria whose levels have the same labels fit in one table."""
    found: dict[tuple[str, ...], list[tuple[Criterion, Judgements]]] = {}
    for criterion, judged in criteria:
        found.setdefault(tuple(level.label for level in criterion.levels), []).append((criterion, judged))
    return [(list(labels), alike) for labels, alike in found.items()]


@insight.get("/people")
@open_to(Audience.COORDINATOR)
def people() -> str:
    launch = current_launch()
    module, titles = _module()
    try:
        view = View(module.key, Stage(request.args.get("stage", Stage.OPENED)), page=page_in(request.args))
    except ValueError as error:
        raise NotFound("no such list of people") from error
    total = queries.stage_counts(db.session, launch.cohort_ids, module).get(view.stage, 0)
    view = view.on_page_of(total)
    return render_template(
        "insight/people.html",
        view=view,
        title=titles[module.key],
        stage=words.STAGES[view.stage],
        who=words.WHO[view.stage.who],
        total=total,
        pages=pages_of(total),
        found=queries.people_at(db.session, launch.cohort_ids, module, view.stage, view.offset),
    )


def _module() -> tuple[Module, dict[str, str]]:
    """The module that the address names, or the first, and all titles by key; raises `NotFound` for an unknown one."""
    launch = current_launch()
    known = {module.key: module for module in queries.modules(db.session, launch.cohort_ids)}
    titles = {key: content_of(db.session, m.content_id).title_in(launch.locale) for key, m in known.items()}
    key = request.args.get("module") or next(iter(known), "")
    if key not in known:
        raise NotFound("no such module in these cohorts")
    return known[key], titles
