"""How the demo LMS deviates from the textbook, so that the habits of real platforms can be tried at will."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from threading import Lock
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

Times = Annotated[int, Field(ge=0, le=1000)]
Service = Literal["line_items", "scores", "results", "memberships", "token"]
Target = Literal["iframe", "window", "embed"]
ContentType = Literal["ltiResourceLink", "link", "file", "html", "image"]
ScopeName = Literal["lineitem", "lineitem.readonly", "result.readonly", "score", "contextmembership.readonly"]
Fault = Literal["unauthorised", "too_many_requests", "server_errors", "lost_answers"]


@dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class Behaviour:
    """One setting per habit; the defaults are what the specifications ask for.

    The four counts say how many of the next requests to the services in `faults_at` fail, and go down as they do.
    A lost answer is a score that is kept although the sender is told 500. A storage that is noisy says what is false
    before what is true, from an origin and with an id of somebody else; one that is hostile says nothing else. Where
    the keys of a tool are cached, they are not fetched again before that time is over, whatever key is asked for.
    """

    stale_timestamps: Literal["conflict", "whole_second_conflict", "bad_request"] = "conflict"
    unfinished_clears: bool = False
    missing_comment_erases: bool = False
    only_learners_graded: bool = False
    put_unlinks: bool = False
    line_item_query: bool = False
    line_item_claim: Literal["full", "container", "absent"] = "full"
    short_roles: bool = False
    token_as_html: bool = False
    page_size: Annotated[int, Field(ge=1, le=1000)] = 50
    unauthorised: Times = 0
    too_many_requests: Times = 0
    retry_after: Annotated[int, Field(ge=0, le=3600)] = 1
    server_errors: Times = 0
    lost_answers: Times = 0
    storage: Literal["frame", "parent", "none"] = "frame"
    storage_mood: Literal["honest", "silent", "error", "noisy", "hostile"] = "honest"
    accept_types: tuple[ContentType, ...] = ("ltiResourceLink",)
    accept_targets: tuple[Target, ...] = ("iframe", "window")
    accept_multiple: bool = True
    accept_lineitem: bool = True
    auto_create: bool = False
    deep_linking_data: bool = True
    registration_token: bool = True
    registration_status: Literal[200, 400, 401, 403, 422, 500] = 200
    registered_deployment: Literal["tool_configuration", "top_level", "absent"] = "tool_configuration"
    withheld_scopes: tuple[ScopeName, ...] = ()
    roster_differences: bool = False
    tool_jwks_cache_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    slow_seconds: Annotated[float, Field(ge=0, le=60)] = 0
    faults_at: tuple[Service, ...] = ("line_items", "scores", "results", "memberships")


MOODLE = Behaviour(
    stale_timestamps="whole_second_conflict",
    unfinished_clears=True,
    missing_comment_erases=True,
    only_learners_graded=True,
    put_unlinks=True,
    line_item_query=True,
    short_roles=True,
    token_as_html=True,
    storage="none",
)
OPEN_EDX = Behaviour(stale_timestamps="bad_request")
PRESETS: Mapping[str, Behaviour] = {"textbook": Behaviour(), "moodle": MOODLE, "open_edx": OPEN_EDX}


def behaviour_from(settings: Mapping[str, Any]) -> Behaviour:
    """The behaviour a JSON object describes: `like` names a preset, everything else overrides it.

    Raises ValueError (pydantic's ValidationError is one) for an unknown preset or setting, or a value out of range.
    """
    overrides = dict(settings)
    preset = overrides.pop("like", "textbook")
    if not isinstance(preset, str) or preset not in PRESETS:
        raise ValueError(f"like: must be one of {', '.join(PRESETS)}")
    known = asdict(PRESETS[preset])
    return Behaviour(**{name: _immutable(value) for name, value in {**known, **overrides}.items()})


def _immutable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class BehaviourSwitch:
    """The behaviour of this process, changed by tests and counted down by requests on several threads."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._lock = Lock()

    @property
    def current(self) -> Behaviour:
        return self._behaviour

    def change(self, behaviour: Behaviour) -> None:
        with self._lock:
            self._behaviour = behaviour

    def take(self, fault: Fault, service: Service) -> bool:
        """Whether this request to the service has to fail so; counts it."""
        with self._lock:
            left: int = getattr(self._behaviour, fault)
            if not left or service not in self._behaviour.faults_at:
                return False
            fewer: dict[str, Any] = {fault: left - 1}
            self._behaviour = replace(self._behaviour, **fewer)
            return True
