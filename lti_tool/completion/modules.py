"""What there is of a requirement to complete online modules.

Modules count with the moment at which they were completed, chosen or not; more of them than are asked for count nothing
extra. Late work is accepted, so a date that has passed without the work means at risk, never missed. It is missed only
when fewer modules are left than are still needed, or when nobody can work in the cohort any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lti_tool.completion.records import Offer, Records, Work
from lti_tool.completion.verdicts import ItemVerdict, Judgement, NextStep, PartVerdict, Reason, Status, weight
from lti_tool.modules.dates import Deadline, for_evaluation, is_late
from lti_tool.programme.content import Step
from lti_tool.programme.requirements import Completion

_UNTOUCHED = Work()


class ModuleRules:
    """For one cohort at one moment."""

    def __init__(self, offer: Offer, moment: datetime) -> None:
        self._offer, self._moment = offer, moment

    def part(self, requirement: Completion, records: Records) -> PartVerdict:
        asked = requirement.modules
        offered = [key for key in self._offer.modules if not asked or key in asked]
        completed = {
            key: work.completed_at
            for key, work in records.work.items()
            if work.completed_at and (not asked or key in asked)
        }
        keys = [*offered, *(key for key in completed if key not in self._offer.modules)]
        needed = requirement.choose or len(keys) or 1
        taken = [key for key in keys if needed >= len(keys) or _is_taken(records.work.get(key))]
        items = tuple(self._item(key, records, requirement.hours / needed) for key in taken)
        hours_done = requirement.hours * min(needed, len(completed)) / needed
        if len(completed) >= needed:
            judgement, about = (Status.DONE, Reason.DONE, NextStep.NOTHING), None
            done_at = sorted(completed.values())[needed - 1]
            return PartVerdict(requirement.key, *judgement, hours_done, requirement.hours, items, done_at=done_at)
        if len(keys) < needed or self._offer.over:
            judgement, about = (Status.MISSED, Reason.NOT_OFFERED, NextStep.ASK_COORDINATOR), None
        else:
            untaken = [key for key in keys if key not in taken]
            judgement, about = self._unfinished(items, untaken, needed - len(items), records)
        return PartVerdict(requirement.key, *judgement, hours_done, requirement.hours, items, about)

    def _unfinished(
        self, items: tuple[ItemVerdict, ...], untaken: list[str], room: int, records: Records
    ) -> tuple[Judgement, str | None]:
        """`room` is how many are still to be chosen; whoever can choose one that is not overdue is at no risk by it."""
        worst = max((item for item in items if item.status is not Status.DONE), key=weight, default=None)
        if room > 0 and (worst is None or worst.status is Status.ON_THE_WAY):
            late = all(self._overdue(key, records) for key in untaken)
            return (Status.AT_RISK if late else Status.ON_THE_WAY, Reason.NOT_CHOSEN, NextStep.CHOOSE_MODULES), None
        assert worst is not None, "there is room, or something is unfinished"
        return (worst.status, worst.reason, worst.next_step), worst.key

    def _item(self, key: str, records: Records, hours: float) -> ItemVerdict:
        work = records.work.get(key, _UNTOUCHED)
        if work.completed_at:
            return ItemVerdict(key, Status.DONE, Reason.DONE, NextStep.NOTHING, hours, hours, work.completed_at)
        reason = Reason.BEGUN if work.begun else Reason.NOT_BEGUN
        late = self._overdue(key, records)
        status, reason = (Status.AT_RISK, Reason.OVERDUE) if late else (Status.ON_THE_WAY, reason)
        due = next(iter(self._open_deadlines(key, work)), None)
        return ItemVerdict(key, status, reason, NextStep.WORK, 0, hours, due.due_at if due else None)

    def _overdue(self, key: str, records: Records) -> bool:
        work = records.work.get(key, _UNTOUCHED)
        return any(is_late(one, self._moment) for one in self._open_deadlines(key, work))

    def _open_deadlines(self, key: str, work: Work) -> Iterator[Deadline]:
        """Of the steps that are not done, in their order."""
        everybodys = self._offer.deadlines.get(key, {})
        for step in self._offer.modules.get(key, ()):
            found = work.deadlines.get(step) or everybodys.get(step)
            if found is None or step in work.done:
                continue
            if step is not Step.EVALUATIONS:
                yield found
            elif work.handed_out_at is not None:
                yield for_evaluation(found, work.handed_out_at, self._offer.days_to_evaluate)


def _is_taken(work: Work | None) -> bool:
    return work is not None and (work.chosen or work.completed_at is not None)
