"""Our keys: made when first needed, rotated without a gap, published without their private half."""

from __future__ import annotations

from datetime import datetime, timedelta

import jwt
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.lti.actions import KEY_NOTICE, KEY_OVERLAP, rotate_keys
from lti_tool.lti.keys import listed_keys, signing_key
from lti_tool.lti.models import ToolKey

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def published(client: FlaskClient) -> list[str]:
    return [key["kid"] for key in client.get("/lti/jwks").get_json()["keys"]]


def test_looking_makes_no_key(client: FlaskClient, session: Session) -> None:
    assert published(client) == []
    assert signing_key(session) is None
    assert session.scalars(select(ToolKey)).all() == []


def test_the_key_set_verifies_what_we_sign(client: FlaskClient, session: Session) -> None:
    rotate_keys(session)
    session.commit()
    key = signing_key(session)
    assert key is not None
    token = jwt.encode({"iss": "client-1"}, key.private_key, algorithm="RS256", headers={"kid": key.kid})
    answer = client.get("/lti/jwks")
    (entry,) = answer.get_json()["keys"]
    assert (entry["kid"], entry["alg"], entry["use"], entry["kty"]) == (key.kid, "RS256", "sig", "RSA")
    assert set(entry) == {"kid", "alg", "use", "kty", "n", "e"}, "nothing private"
    assert jwt.decode(token, jwt.PyJWK.from_dict(entry), algorithms=["RS256"]) == {"iss": "client-1"}
    assert answer.headers["Cache-Control"] == "public, max-age=600"


def signing(session: Session) -> str | None:
    key = signing_key(session)
    session.rollback()
    return key.kid if key else None


def rotated(session: Session, *, at_once: bool = False) -> str:
    kid = rotate_keys(session, at_once=at_once).kid
    session.commit()
    return kid


def test_the_first_key_signs_at_once(session: Session) -> None:
    assert signing(session) is None
    assert rotated(session) == signing(session)


def test_a_new_key_is_published_a_day_before_it_signs_and_the_old_one_stays_a_week_longer(
    client: FlaskClient, session: Session
) -> None:
    start = now()
    old, new = rotated(session), rotated(session)
    assert (signing(session), published(client)) == (old, [new, old])
    with time_machine.travel(start + KEY_NOTICE - SECOND):
        assert (signing(session), published(client)) == (old, [new, old])
    with time_machine.travel(start + KEY_NOTICE + MINUTE):
        assert (signing(session), published(client)) == (new, [new, old])
    with time_machine.travel(start + KEY_NOTICE + KEY_OVERLAP - SECOND):
        assert published(client) == [new, old]
    with time_machine.travel(start + KEY_NOTICE + KEY_OVERLAP + MINUTE):
        assert (signing(session), published(client)) == (new, [new])
        rotated(session)
        assert old not in session.scalars(select(ToolKey.kid)).all(), "retired keys are forgotten"
        session.rollback()
        assert len(published(client)) == 2


@pytest.mark.parametrize("hours", [1, 23, 25, 24 * 6, 24 * 9])
def test_whatever_the_pace_of_rotations_the_key_that_signs_has_been_published_for_a_day(
    client: FlaskClient, session: Session, hours: int
) -> None:
    seen: dict[str, datetime] = {}
    first = rotated(session)
    with time_machine.travel(now(), tick=False) as clock:
        for rotation in range(30):
            clock.shift(timedelta(hours=hours))
            if rotation < 4:
                rotated(session)
            for each in published(client):
                seen.setdefault(each, now())
            kid = signing(session)
            assert kid is not None
            assert kid in published(client)
            assert kid == first or now() - seen[kid] >= KEY_NOTICE


def test_a_key_that_others_may_know_is_replaced_at_once(client: FlaskClient, session: Session) -> None:
    rotated(session)
    rotated(session)
    new = rotated(session, at_once=True)
    assert (signing(session), published(client)) == (new, [new])
    assert session.scalars(select(ToolKey.kid)).all() == [new]


def test_the_list_tells_which_key_signs_and_which_wait_or_retire(session: Session) -> None:
    old, new = rotated(session), rotated(session)
    newer, older = listed_keys(session)
    assert (newer.kid, newer.signs, newer.retires_at) == (new, False, None)
    assert newer.signs_from > now()
    assert (older.kid, older.signs, older.retires_at) == (old, True, newer.signs_from + KEY_OVERLAP)
