"""What a launch opens, as it stands in the hint that travels through the tool's login and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from itsdangerous import BadSignature

from lti_tool.demo_lms.deep_linking_settings import settings_for
from lti_tool.demo_lms.messages import (
    Message,
    Platform,
    deep_linking_message,
    resource_link_message,
    submission_review_message,
)
from lti_tool.demo_lms.models import LineItem, Link, Membership, Person, Tool
from lti_tool.demo_lms.state import behaviour, db, lms

_HINT_SECONDS = 600


class HintInvalid(Exception):
    """The hint is not one that the LMS sent, or too old."""


class LaunchDenied(Exception):
    """What the hint names is gone, or not open to this person; the message says which."""


@dataclass(frozen=True)
class Hint:
    """`opens` says what: a link, the placing of content in a course with a tool, or the review of a learner's work."""

    opens: str
    ids: tuple[str, ...]
    target: str

    def seal(self) -> str:
        return lms().hints.dumps([self.opens, *self.ids, self.target])


def unseal(text: str) -> Hint:
    """Raises HintInvalid."""
    try:
        opens, *ids, target = lms().hints.loads(text, max_age=_HINT_SECONDS)
    except BadSignature as error:
        raise HintInvalid("lti_message_hint is not what the LMS sent, or too old.") from error
    return Hint(opens, tuple(ids), target)


def message_of(hint: Hint, person: Person) -> Message:
    """Raises LaunchDenied."""
    message = _BUILDERS[hint.opens](person, *hint.ids)
    if not message.tool.active:
        raise LaunchDenied("The administrator has not activated this tool yet.")
    return message


def _link(person: Person, link_id: str) -> Message:
    link = db().get(Link, link_id)
    if link is None:
        raise LaunchDenied("There is no such activity.")
    return resource_link_message(here(), link, _member(link.course_key, person.sub))


def _placing(person: Person, course_key: str, client_id: str) -> Message:
    member = _member(course_key, person.sub)
    tool = db().get(Tool, client_id)
    if tool is None or not member.teaches:
        raise LaunchDenied("Only teachers place content, with a tool that is registered here.")
    return deep_linking_message(here(), tool, member, settings_for(here(), tool, member))


def _review(person: Person, course_key: str, item_id: str, sub: str) -> Message:
    member, learner = _member(course_key, person.sub), _member(course_key, sub)
    item = db().get(LineItem, int(item_id))
    if item is None or item.course_key != course_key or not member.teaches:
        raise LaunchDenied("Only teachers review, and only what belongs to their course.")
    return submission_review_message(here(), item, member, learner)


_BUILDERS: Mapping[str, Callable[..., Message]] = {"link": _link, "placing": _placing, "review": _review}


def _member(course_key: str, sub: str) -> Membership:
    member = db().get(Membership, (course_key, sub))
    if member is None or member.status != "Active":
        raise LaunchDenied("This person is not a member of the course.")
    return member


def here() -> Platform:
    return Platform(lms().config, behaviour())
