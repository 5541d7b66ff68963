"""The one next step of a page: out of everything that can be done in all programmes, what is most urgent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lti_tool.completion.verdicts import ItemVerdict, NextStep, PartVerdict, Status, weight
from lti_tool.home.training import Training

_TO_DO = (
    NextStep.CHOOSE_DATE,
    NextStep.JOIN_WAITING_LIST,
    NextStep.CHOOSE_MODULES,
    NextStep.PREPARE,
    NextStep.WORK,
)


@dataclass(frozen=True, slots=True)
class Next:
    """What is next: something `to_do`, or what is waited for. `item` is None where modules are to be chosen, and both
    are where the whole programme is meant: it is done. `check_in` is whether its leader takes check-ins just now."""

    training: Training
    part: PartVerdict | None
    item: ItemVerdict | None
    to_do: bool
    check_in: bool = False

    @property
    def step(self) -> NextStep:
        found = self.item or self.part
        return found.next_step if found else NextStep.NOTHING


def next_of(trainings: Iterable[Training], moment: datetime) -> Next | None:
    """None where nobody asks anything of them: they are exempt, or their programmes only list modules."""
    asking = [one for one in trainings if one.programme.requirements and one.verdict.status is not Status.EXEMPT]
    options = [option for training in asking for option in _options(training, moment)]
    if options:
        return max(options, key=_urgency)
    return Next(asking[0], None, None, to_do=False) if asking else None


def _options(training: Training, moment: datetime) -> Iterator[Next]:
    for part in training.verdict.parts:
        open_ = [item for item in part.items if item.status is not Status.DONE]
        if part.status is Status.DONE:
            continue
        if part.about is None:
            yield Next(training, part, None, part.next_step in _TO_DO)
        for item in open_:
            check_in = _takes_check_ins(training, item, moment)
            to_do = check_in or (item.next_step in _TO_DO and _is_possible(training, item))
            yield Next(training, part, item, to_do, check_in)


def _is_possible(training: Training, item: ItemVerdict) -> bool:
    """In a module, somebody may have to wait for others."""
    progress = training.progress_in(item.key) if item.next_step is NextStep.WORK else None
    return progress is None or progress.plan.next_part is not None


def _takes_check_ins(training: Training, item: ItemVerdict, moment: datetime) -> bool:
    until = training.sessions[item.upcoming.id].check_in_until if item.upcoming else None
    return until is not None and moment <= until


def _urgency(option: Next) -> tuple[bool, bool, int, int]:
    """The greatest is next; of equals the one that comes first."""
    one = option.item or option.part
    return option.check_in, option.to_do, *(weight(one) if one else (0, 0))
