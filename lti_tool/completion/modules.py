"""What there is of a requirement to complete online modules.

Modules count with the moment at which they were completed, chosen or not; more of them than are asked for count nothing
extra. Late work is accepted, so a date that has passed without the work means at risk, never missed. It is missed only
when fewer modules are left than are still needed, or when nobody can work in the cohort any more.
"""

from __future__ import annotations

from datetime import datetime

from lti_tool.completion.records import Offer, Records, Work
from lti_tool.completion.verdicts import ItemVerdict, Judgement, NextStep, PartVerdict, Reason, Status, weight
from lti_tool.modules.dates import Deadline, for_evaluation, is_late
from lti_tool.programme.content import Step
from lti_tool.programme.requirements import Completion

_UNTOUCHED = Work()


class ModuleRules:
    """For one cohort at one moment. Many have done as much of the same module, so that is looked at once."""

    def __init__(self, offer: Offer, moment: datetime) -> None:
        self._offer, self._moment = offer, moment
        self._offered: dict[str, list[str]] = {}
        self._open: dict[tuple[str, float, bool, frozenset[Step]], ItemVerdict] = {}

    def part(self, requirement: Completion, records: Records) -> PartVerdict:
        offered = self._offered_for(requirement)
        keys, taken = offered, []
        for key, work in records.work.items():
            if work.completed_at and key not in self._offer.modules and _is_asked_for(requirement, key):
                keys = [*keys, key]
            if work.chosen or work.completed_at:
                taken.append(key)
        needed = requirement.choose or len(keys) or 1
        shown = keys if needed >= len(keys) else [key for key in keys if key in taken]
        items = tuple([self._item(key, records, requirement.hours / needed) for key in shown])
        counted = sorted([item.at for item in items if item.at and item.status is Status.DONE])[:needed]
        judgement, about = self._judgement(keys, items, needed, records)
        return PartVerdict(
            requirement.key,
            *judgement,
            requirement.hours * len(counted) / needed,
            requirement.hours,
            items,
            about,
            None,
            counted[-1] if len(counted) == needed else None,
        )

    def _offered_for(self, requirement: Completion) -> list[str]:
        if requirement.key not in self._offered:
            self._offered[requirement.key] = [key for key in self._offer.modules if _is_asked_for(requirement, key)]
        return self._offered[requirement.key]

    def _judgement(
        self, keys: list[str], items: tuple[ItemVerdict, ...], needed: int, records: Records
    ) -> tuple[Judgement, str | None]:
        """And the key of the module that it is about."""
        open_ = [item for item in items if item.status is not Status.DONE]
        if len(items) - len(open_) >= needed:
            return (Status.DONE, Reason.DONE, NextStep.NOTHING), None
        if len(keys) < needed or self._offer.over:
            return (Status.MISSED, Reason.NOT_OFFERED, NextStep.ASK_COORDINATOR), None
        worst = max(open_, key=weight, default=None)
        if worst is None or (len(items) < needed and worst.status is Status.ON_THE_WAY):
            taken = [item.key for item in items]
            # Whoever can choose one that is not overdue is at no risk by that.
            late = all(self._overdue(key, records) for key in keys if key not in taken)
            return (Status.AT_RISK if late else Status.ON_THE_WAY, Reason.NOT_CHOSEN, NextStep.CHOOSE_MODULES), None
        return (worst.status, worst.reason, worst.next_step), worst.key

    def _item(self, key: str, records: Records, hours: float) -> ItemVerdict:
        work = records.work.get(key, _UNTOUCHED)
        if work.completed_at:
            return ItemVerdict(key, Status.DONE, Reason.DONE, NextStep.NOTHING, hours, hours, work.completed_at)
        if work.deadlines or work.handed_out_at:
            return self._open_item(key, work, hours)
        known = key, hours, work.begun, work.done
        if known not in self._open:
            self._open[known] = self._open_item(key, work, hours)
        return self._open[known]

    def _open_item(self, key: str, work: Work, hours: float) -> ItemVerdict:
        open_ = self._open_deadlines(key, work)
        due = open_[0].due_at if open_ else None
        if any(is_late(one, self._moment) for one in open_):
            return ItemVerdict(key, Status.AT_RISK, Reason.OVERDUE, NextStep.WORK, 0, hours, due)
        reason = Reason.BEGUN if work.begun else Reason.NOT_BEGUN
        return ItemVerdict(key, Status.ON_THE_WAY, reason, NextStep.WORK, 0, hours, due)

    def _overdue(self, key: str, records: Records) -> bool:
        return any(is_late(one, self._moment) for one in self._open_deadlines(key, records.work.get(key, _UNTOUCHED)))

    def _open_deadlines(self, key: str, work: Work) -> list[Deadline]:
        """Of the steps that are not done, in their order."""
        everybodys, open_ = self._offer.deadlines.get(key, {}), []
        for step in self._offer.modules.get(key, ()):
            found = None if step in work.done else work.deadlines.get(step) or everybodys.get(step)
            if found and step is Step.EVALUATIONS:
                found = self._for_evaluation(found, work.handed_out_at)
            if found:
                open_.append(found)
        return open_

    def _for_evaluation(self, found: Deadline, handed_out_at: datetime | None) -> Deadline | None:
        return for_evaluation(found, handed_out_at, self._offer.days_to_evaluate) if handed_out_at else None


def _is_asked_for(requirement: Completion, key: str) -> bool:
    return not requirement.modules or key in requirement.modules
