"""The bad days of a platform: slow, overloaded, broken or forgetful, as often as the behaviour says."""

import time

from lti_tool.demo_lms.behaviour import Service
from lti_tool.demo_lms.refusal import Refusal
from lti_tool.demo_lms.state import behaviour, lms


def stumble(service: Service) -> None:
    """Wait, or raise the Refusal that is due for this request; called before the service looks at anything."""
    if service in behaviour().faults_at:
        time.sleep(behaviour().slow_seconds)
    take = lms().behaviours.take
    if take("unauthorised", service):
        raise Refusal(401, "invalid_token", "The access token has expired.", {"WWW-Authenticate": "Bearer"})
    if take("too_many_requests", service):
        raise Refusal(429, "too_many_requests", "Slow down.", {"Retry-After": str(behaviour().retry_after)})
    if take("server_errors", service):
        raise Refusal(500, "server_error", "Something broke.")


def lose_answer(service: Service) -> None:
    """After the work is done and kept: fail all the same, if the behaviour says so."""
    if lms().behaviours.take("lost_answers", service):
        raise Refusal(500, "server_error", "Something broke after the work was done.")
