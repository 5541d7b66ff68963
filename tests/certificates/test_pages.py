"""The pages: one's own certificate, those of a cohort, and the one on which anybody verifies."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lti_tool.certificates.codes import shown_code
from lti_tool.certificates.models import Certificate
from lti_tool.people.models import Person
from tests.cast import Cast
from tests.certificates.completed import complete
from tests.pages import problems_of
from tests.work import done_before


def completed(cast: Cast, *names: str) -> None:
    with done_before(cast) as session:
        complete(session, cast, *names)


def stored(cast: Cast) -> list[Certificate]:
    with done_before(cast) as session:
        found = list(session.scalars(select(Certificate).order_by(Certificate.id)))
        session.expunge_all()
        return found


def test_whoever_has_completed_gets_it_and_downloads_it(cast: Cast) -> None:
    completed(cast, "lina")
    lina = cast.visit("lina")
    page = lina.get("certificates").text
    assert problems_of(page) == []
    assert "7 of 7 hours" in page
    page = lina.get(lina.post(f"certificates/own/{cast.cohort_id}").headers["Location"].split(lina.prefix)[1]).text
    assert problems_of(page) == []
    (made,) = stored(cast)
    assert shown_code(made.code) in page
    answer = lina.get(f"certificates/{made.code}.nb.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert made.name in pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert made.name not in answer.headers["Content-Disposition"]
    assert lina.get(f"certificates/{made.code}.xx.pdf").status_code == 404


def test_before_that_the_page_says_how_far_it_is(cast: Cast) -> None:
    completed(cast, "lina")
    page = cast.visit("frode").get("certificates").text
    assert problems_of(page) == []
    assert "0 of 7 hours so far" in page
    assert cast.visit("lina").post("certificates/own/99999").status_code == 404
    assert stored(cast) == []


def test_a_person_without_a_name_is_sent_to_the_coordinator_who_writes_it(cast: Cast) -> None:
    completed(cast, "lina")
    with done_before(cast) as session:
        session.execute(update(Person).where(Person.id == cast.person_id("lina")).values(name=None))
    lina = cast.visit("lina")
    page = lina.get("certificates").text
    assert "Get the certificate" not in page
    assert lina.post(f"certificates/own/{cast.cohort_id}").status_code == 409
    kari, address = cast.visit("kari"), f"certificates/cohorts/{cast.cohort_id}/people/{cast.person_id('lina')}"
    empty = kari.post(f"{address}/issue", {"name": " "})
    assert empty.status_code == 422
    assert problems_of(empty.text) == []
    assert kari.post(f"{address}/issue", {"name": " Lina \n Larsen "}).status_code == 303
    assert [one.name for one in stored(cast)] == ["Lina Larsen"]
    assert "Lina Larsen" in lina.get("certificates").text


def test_a_coordinator_finds_revokes_and_reads_what_happened(cast: Cast) -> None:
    completed(cast, "lina", "frode")
    cast.visit("lina").post(f"certificates/own/{cast.cohort_id}")
    (made,) = stored(cast)
    kari = cast.visit("kari")
    table = kari.get(f"certificates/cohorts/{cast.cohort_id}?q=frode").text
    assert problems_of(table) == []
    assert shown_code(made.code) in table
    assert re.search(r"people/\d+\">[^<]*Frode", table)
    address = f"certificates/cohorts/{cast.cohort_id}/people/{cast.person_id('lina')}"
    assert problems_of(kari.get(address).text) == []
    assert kari.post(f"{address}/revoke", {"reason": ""}).status_code == 422
    assert kari.post(f"{address}/revoke", {"reason": "Wrong person"}).status_code == 303
    assert "Wrong person" in kari.get(address).text
    assert "Your certificate was revoked." in cast.visit("lina").get("certificates").text
    assert cast.visit("lina").get(f"certificates/{made.code}.nb.pdf").status_code == 404


def test_more_certificates_than_fit_on_a_page_are_on_the_next(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for where in ("lti_tool.paging", "lti_tool.certificates.queries"):
        monkeypatch.setattr(f"{where}.PAGE_SIZE", 1)
    completed(cast, "lina", "frode")
    for name in ("lina", "frode"):
        cast.visit(name).post(f"certificates/own/{cast.cohort_id}")
    kari, here = cast.visit("kari"), f"certificates/cohorts/{cast.cohort_id}"
    first = kari.get(here).text
    assert f'href="{kari.prefix}{here}?page=2">Next page' in first
    lina, frode = (shown_code(one.code) for one in stored(cast))
    second = kari.get(f"{here}?page=2").text
    assert [code in page for page in (first, second) for code in (lina, frode)] == [False, True, True, False]


def test_anybody_verifies_a_code_and_learns_nothing_but_validity_name_and_date(cast: Cast, client: FlaskClient) -> None:
    completed(cast, "lina")
    cast.visit("lina").post(f"certificates/own/{cast.cohort_id}")
    (made,) = stored(cast)
    base = cast.app.config["SETTINGS"].base_url
    page = client.get("/verify", query_string={"code": shown_code(made.code).lower()}, base_url=base)
    assert problems_of(page.text) == []
    assert "The certificate is valid" in page.text
    facts = re.findall(r"<dd>(.*?)</dd>", page.text)
    assert len(facts) == 2
    assert facts[0] == made.name
    for secret in ("Core module", "Giving feedback", "hours", "LAOS"):
        assert secret not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    wrong = client.get("/verify?code=2222-2222-2222", base_url=base)
    assert wrong.status_code == 404
    assert "no certificate with this code" in wrong.text
    assert client.get("/verify", base_url=base).status_code == 200
