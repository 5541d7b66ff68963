"""What the platform's administrator still has to do once the tool is registered."""

from __future__ import annotations

from collections.abc import Callable

from lti_tool.lti.dynamic_registration.configuration import BRIGHTSPACE
from lti_tool.texts import gettext as _

Words = Callable[[], list[str]]


def _moodle() -> list[str]:
    return [
        _("Moodle lists the tool as pending: choose “Activate” on its card (Site administration, Manage tools)."),
        _("Open the tool's settings there, and let its links be added in all courses or in those that use it."),
    ]


def _canvas() -> list[str]:
    return [
        _("Go through what Canvas asks next without taking permissions away, and choose “Install”."),
        _("Turn the app on for the accounts or courses that use it (Admin, Apps, Manage)."),
    ]


def _brightspace() -> list[str]:
    return [
        _("Turn the tool on (Admin Tools, Manage Extensibility, LTI Advantage)."),
        _("Make a deployment for it, with Assignment and Grade Services, Names and Roles, and Deep Linking turned on."),
        _("In the deployment, let first and last names be sent, and make a link to the tool."),
    ]


def _blackboard() -> list[str]:
    return [
        _(
            "In each site, add the tool by its client id, shown below (Administrator Panel, LTI Tool Providers, "
            "Register LTI 1.3 Tool)."
        ),
        _("Approve it there with role, name, grade service access and membership service access."),
    ]


def _sakai() -> list[str]:
    return [_("Check the tool in Administration Workspace, External Tools, and let it send names and grades.")]


def _other() -> list[str]:
    return [_("Turn the tool on in your learning platform, if it lists it as waiting or inactive.")]


# By the beginning of the product's code.
_STEPS: dict[str, Words] = {
    "moodle": _moodle,
    "canvas": _canvas,
    BRIGHTSPACE: _brightspace,
    "blackboard": _blackboard,
    "sakai": _sakai,
}


def next_steps(product: str | None, *, deployed: bool) -> list[str]:
    """In the order in which they are to be done; `deployed` says that an installation is known and approved here."""
    words = next((words for code, words in _STEPS.items() if (product or "").startswith(code)), _other)
    return words() if deployed else [*words(), *_approval()]


def _approval() -> list[str]:
    return [
        _(
            "Open the tool once from a course. It will say that it waits for approval: whoever runs the tool then "
            "approves your installation, and from there on it opens."
        )
    ]
