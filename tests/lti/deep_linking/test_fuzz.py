"""10,000 mutated Deep Linking requests, half to each database: a client error or a picker that works, never a crash.

Those that are wrong leave no row behind. The tokens are signed with a key the tool trusts, so that the wrong claims get
past the signature. A seed stands for each part, which makes a failure repeatable and lets the parts run side by side.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.lti.checks import row_counts
from tests.lti.deep_linking.asking import ITEMS, SETTINGS, Placing, settings
from tests.lti.platform import CLAIM, LearningPlatform
from tests.lti.test_fuzz import ODD, missing_claim, nested, odd_value, wrong_audience, wrong_claim

PARTS = 10
PER_PART = 238
# Of each of these the platform has to be let in, which takes a login, two pages and two tokens.
SOUND_PER_PART = 12

Settings = dict[str, Any]
NO_ADDRESS: list[Any] = ["", "/here", "javascript:alert(1)", "data:text/html,x", "https://", "https://[", "//lms.test"]
NO_ADDRESS += ["https://lms.test/\x00", "https://lms.test/ x", "http://lms.test:0/", "https://x/" + "a" * 4000, {}, []]
NO_LIST: list[Any] = ["ltiResourceLink", {}, {"ltiResourceLink": 1}, 5, True, [5], [None], [["ltiResourceLink"]]]
NO_LIST += [["\x00"], ["ltiResourceLink", "\ud800"], ["ltiResourceLink", {}], nested(300)]
NO_TRUTH: list[Any] = ["true", "false", "", 0, 1, [], {}, 1.5, [True]]
NO_TEXT: list[Any] = [5, True, [], {}, ["x"], "\x00", "a\x00b", "\ud800", 10**400, nested(300)]


def wrong_settings(rng: random.Random, asked: Settings) -> Any:
    """One field of the claim, or all of it, made unusable."""
    wrong: list[Callable[[], Any]] = [
        lambda: {**asked, "deep_link_return_url": rng.choice(NO_ADDRESS)},
        lambda: {**asked, "accept_types": rng.choice(NO_LIST)},
        lambda: {**asked, "accept_presentation_document_targets": rng.choice(NO_LIST)},
        lambda: {**asked, "accept_multiple": rng.choice(NO_TRUTH)},
        lambda: {**asked, "accept_lineitem": rng.choice(NO_TRUTH)},
        lambda: {**asked, "data": rng.choice(NO_TEXT)},
        lambda: {n: v for n, v in asked.items() if n != "deep_link_return_url"},
        lambda: {n: v for n, v in asked.items() if n != "accept_types"},
        lambda: rng.choice(ODD)(rng),
    ]
    return rng.choice(wrong)()


def wrong_request(rng: random.Random, lms: LearningPlatform, nonce: str) -> dict[str, Any]:
    claims = request_claims(lms, nonce)
    kind = rng.random()
    if kind < 0.6:
        claims[SETTINGS] = wrong_settings(rng, settings())
    elif kind < 0.7:
        claims[f"{CLAIM}roles"] = rng.choice([["Learner"], [], [""], ["x"], ["Mentor"], ["Learner"] * 99])
    elif kind < 0.75:
        claims[f"{CLAIM}context"] = odd_value(rng, "context")
    else:
        claims[f"{CLAIM}resource_link"] = {"id": "link-1"}
        rng.choice([wrong_claim, wrong_audience, missing_claim])(rng, claims)
        if claims.get(f"{CLAIM}resource_link") is None:
            # Which no Deep Linking request needs.
            del claims[SETTINGS]
    return claims


def request_claims(lms: LearningPlatform, nonce: str) -> dict[str, Any]:
    claims = lms.claims(nonce, "Instructor")
    del claims[f"{CLAIM}resource_link"], claims[f"{CLAIM}custom"]
    claims[f"{CLAIM}message_type"], claims[SETTINGS] = "LtiDeepLinkingRequest", settings()
    return claims


def odd_but_sound(rng: random.Random) -> Settings:
    """Settings that no platform would send, and that are no mistake either."""
    words = ["", "ltiResourceLink", "hologram", "x" * 3000, "iframe", "window", "'; --", "<b>", "ltiresourcelink", "é"]
    many = [rng.choice(words) for _ in range(rng.randint(0, 40))]
    changes = {
        "deep_link_return_url": f"https://lms.test:{rng.randint(1, 65535)}/?{'%41' * rng.randint(0, 900)}",
        "accept_types": many,
        "accept_presentation_document_targets": rng.choice([None, many, many[:1]]),
        "accept_multiple": rng.choice([True, False, None]),
        "accept_lineitem": rng.choice([True, False, None]),
        "data": rng.choice([None, "", "\n", "x" * rng.randint(1, 9000), "{}", "\U0001f600"]),
        rng.choice(["title", "text", "more"]): rng.choice(ODD)(rng),
    }
    return settings(**changes)


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_requests_are_client_errors_and_leave_nothing_behind(placing: Placing, part: int) -> None:
    rng, lms = random.Random(f"placing {part}"), placing.lms
    handshake, before = lms.begin(placing.client), row_counts(placing.app)
    for number in range(PER_PART):
        claims = wrong_request(rng, lms, handshake.nonce)
        answer = lms.post(placing.client, id_token=lms.sign(claims), state=handshake.state)
        assert 400 <= answer.status_code < 500, (part, number, answer.status_code, json.dumps(claims)[:2000])
    assert row_counts(placing.app) == before


@pytest.mark.parametrize("part", range(PARTS))
def test_odd_requests_that_are_sound_are_answered(placing: Placing, part: int) -> None:
    rng = random.Random(f"odd {part}")
    for _ in range(SOUND_PER_PART):
        asked = odd_but_sound(rng)
        answer = placing.ask(changes={SETTINGS: asked})
        assert answer.status_code == 303, (asked, answer.text)
        placing.address = answer.headers["Location"]
        action = "add" if "ltiResourceLink" in asked["accept_types"] else "cancel"
        page = placing.post({"choice": ["module-om1"], "action": action})
        assert page.status_code == 200
        claims = placing.read(token_on(page.text))
        assert [item["type"] for item in claims[ITEMS]] == ["ltiResourceLink"] * (action == "add")


def token_on(page: str) -> str:
    return page.partition('name="JWT" value="')[2].partition('"')[0]
