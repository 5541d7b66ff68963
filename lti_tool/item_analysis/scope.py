"""A module of a coordinator's programmes, and what its figures can be narrowed to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.item_analysis import queries
from lti_tool.item_analysis.queries import Group, Module, Sample
from lti_tool.item_analysis.thresholds import FEWEST
from lti_tool.item_analysis.view import View
from lti_tool.people.access import Launch


@dataclass(frozen=True, slots=True)
class Scope:
    """`versions` (by number) and `cohorts` (by id) say how many people there are in each that can be chosen; smaller
    ones cannot. `sample` is what was chosen.
    """

    view: View
    module: Module
    titles: Mapping[str, str]
    versions: Mapping[int, int]
    cohorts: Mapping[int, int]
    cohort_titles: Mapping[int, str]
    sample: Sample


class NoTest(NotFound):
    def __init__(self) -> None:
        super().__init__("none of this coordinator's modules has a test")


def scope_of(session: Session, launch: Launch, view: View) -> Scope:
    """Raises `NotFound` for a module, version or cohort that this coordinator's programmes do not have, `NoTest` where
    they have no test at all.
    """
    modules = {module.key: module for module in queries.modules(session, launch.cohort_ids)}
    if not modules:
        raise NoTest
    module = modules.get(view.module or next(iter(modules)))
    if module is None:
        raise NotFound("no such module with a test in these cohorts")
    cohorts = queries.cohort_titles(session, launch.cohort_ids, module.programme_id, launch.locale)
    _check(view, module, cohorts)
    everything = Sample(module.id, frozenset(cohorts), {v.content_id: v.number for v in module.versions})
    groups = queries.groups(session, everything)
    return Scope(
        view=view,
        module=module,
        titles={key: other.shown.title_in(launch.locale) for key, other in modules.items()},
        versions=_counts((g.version, g.people) for g in groups if view.cohort in (None, g.cohort_id)),
        cohorts=_counts((g.cohort_id, g.people) for g in groups if view.version in (None, g.version)),
        cohort_titles=cohorts,
        sample=_narrowed(module, view, cohorts, groups),
    )


def _check(view: View, module: Module, cohorts: Mapping[int, str]) -> None:
    if view.cohort is not None and view.cohort not in cohorts:
        raise NotFound("not a cohort of this coordinator")
    if view.version is not None and view.version not in {version.number for version in module.versions}:
        raise NotFound("no such version of this module")


def _counts(found: Iterable[tuple[int, int]]) -> dict[int, int]:
    people = Counter[int]()
    for name, number in found:
        people[name] += number
    return {name: people[name] for name in sorted(people, reverse=True) if people[name] >= FEWEST}


def _narrowed(module: Module, view: View, cohorts: Mapping[int, str], groups: Iterable[Group]) -> Sample:
    """Without a version, all that somebody has answered, and what is asked today."""
    wanted = {view.version} if view.version else {g.version for g in groups} | {module.shown_number}
    versions = {v.content_id: v.number for v in module.versions if v.number in wanted}
    return Sample(module.id, frozenset({view.cohort} if view.cohort else cohorts), versions)
