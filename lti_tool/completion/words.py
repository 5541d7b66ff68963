"""What a status is called and the kind of its tag, wherever one is shown."""

from __future__ import annotations

from lti_tool.completion.verdicts import Status
from lti_tool.texts import lazy_gettext as _l

_TITLES = {
    Status.DONE: _l("Done"),
    Status.ON_THE_WAY: _l("On the way"),
    Status.AT_RISK: _l("At risk"),
    Status.MISSED: _l("Cannot be completed this term"),
    Status.EXEMPT: _l("Exempt"),
}
_KINDS = {
    Status.DONE: "done",
    Status.ON_THE_WAY: "started",
    Status.AT_RISK: "waiting",
    Status.MISSED: "failed",
    Status.EXEMPT: "todo",
}


def status_title(status: Status) -> str:
    return str(_TITLES[Status(status)])


def kind_of(status: Status) -> str:
    return _KINDS[Status(status)]
