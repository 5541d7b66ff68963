"""Our keys: made when first needed, rotated without a gap, published without their private half."""

from __future__ import annotations

from datetime import timedelta

import jwt
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.lti.actions import KEY_OVERLAP, rotate_keys
from lti_tool.lti.keys import signing_key
from lti_tool.lti.models import ToolKey


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


def test_the_newest_key_signs_and_the_old_one_stays_until_it_retires(client: FlaskClient, session: Session) -> None:
    old = rotate_keys(session).kid
    new = rotate_keys(session).kid
    session.commit()
    key = signing_key(session)
    assert key is not None
    assert key.kid == new
    assert published(client) == [new, old]
    with time_machine.travel(now() + KEY_OVERLAP + timedelta(seconds=1)):
        assert published(client) == [new]
        rotate_keys(session)
        session.commit()
        assert old not in session.scalars(select(ToolKey.kid)).all(), "retired keys are forgotten"
        assert len(published(client)) == 2
