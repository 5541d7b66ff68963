"""What goes back to the platform: C69-C80, and what each link brings along."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
import time_machine

from lti_tool.lti.columns import TAG
from tests.lti.checks import row_counts
from tests.lti.deep_linking.asking import DL, ITEMS, Placing
from tests.pages import problems_of

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
MODULE = "module-om1"
IN_TERM = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def in_term() -> Any:
    """The cast's cohort is that of autumn 2026; its programme has autumns only, which last a year."""
    with time_machine.travel(IN_TERM, tick=True):
        yield


def test_c69_what_was_chosen_goes_back_as_a_form(placing: Placing) -> None:
    placing.open()
    answer = placing.post({"choice": [MODULE], "action": "add"})
    assert answer.status_code == 200
    assert problems_of(answer.text) == []
    assert "js/returning.js" in answer.text
    assert len(placing.read(placing.send(MODULE))[ITEMS]) == 1


def test_c70_the_message_says_what_it_is(placing: Placing) -> None:
    placing.open()
    assert placing.chosen(MODULE)[f"{LTI}message_type"] == "LtiDeepLinkingResponse"


def test_c71_it_says_when_it_was_made_and_until_when_it_counts(placing: Placing) -> None:
    placing.open()
    before = int(time.time())
    claims = placing.chosen(MODULE)
    assert before <= claims["iat"] <= time.time()
    assert claims["exp"] == claims["iat"] + 300


def test_c72_it_is_signed_with_a_key_of_our_published_set(placing: Placing) -> None:
    placing.open()
    header = jwt.get_unverified_header(placing.send(MODULE))
    published = placing.client.get("/lti/jwks", base_url=placing.lms.base_url).get_json()["keys"]
    assert header["alg"] == "RS256"
    assert header["kid"] in [key["kid"] for key in published]


def test_c73_c74_it_has_every_claim_with_its_value_and_nothing_else(placing: Placing) -> None:
    placing.open()
    claims = placing.chosen(MODULE)
    assert claims.pop("nonce")
    assert claims == {
        "iss": "client-1",
        "aud": "https://lms.test",
        "iat": claims["iat"],
        "exp": claims["exp"],
        f"{LTI}deployment_id": "1",
        f"{LTI}message_type": "LtiDeepLinkingResponse",
        f"{LTI}version": "1.3.0",
        ITEMS: claims[ITEMS],
        f"{DL}data": "csrf-and-more <&>",
        f"{DL}msg": "One link was chosen.",
    }


@pytest.mark.parametrize("data", ["", "x" * 5000, "æ \"<&>' \n"])
def test_c75_data_comes_back_as_it_was_sent(placing: Placing, data: str) -> None:
    placing.open(data=data)
    assert placing.chosen(MODULE)[f"{DL}data"] == data


def test_c75_without_data_none_comes_back(placing: Placing) -> None:
    placing.open(data=None)
    assert f"{DL}data" not in placing.chosen(MODULE)


def test_c76_cancelling_goes_back_with_nothing_whatever_was_chosen(placing: Placing) -> None:
    placing.open()
    claims = placing.chosen(MODULE, action="cancel")
    assert claims[ITEMS] == []
    assert f"{DL}data" in claims
    assert f"{DL}msg" not in claims


def test_c76_choosing_nothing_goes_back_with_nothing(placing: Placing) -> None:
    placing.open()
    assert placing.chosen()[ITEMS] == []


@pytest.mark.parametrize("types", [["link"], [], ["html", "image", "hologram"]], ids=str)
def test_c80_a_request_for_other_things_than_links_is_told_that_nothing_fits(
    placing: Placing, types: list[str]
) -> None:
    page = placing.open(accept_types=types)
    assert page.status_code == 200
    assert "Nothing here fits" in page.text
    assert problems_of(page.text) == []
    assert placing.chosen(action="cancel")[ITEMS] == []
    assert placing.post({"choice": [MODULE], "action": "add"}).status_code == 400


def test_c77_where_one_is_accepted_one_can_be_chosen(placing: Placing) -> None:
    page = placing.open(accept_multiple=False).text
    assert 'type="radio"' in page
    assert 'type="checkbox"' not in page
    assert len(placing.chosen("training")[ITEMS]) == 1
    refused = placing.post({"choice": [MODULE, "training"], "action": "add"})
    assert refused.status_code == 422
    assert "Choose only one" in refused.text
    assert problems_of(refused.text) == []


def test_c77_where_several_are_accepted_they_come_in_the_order_of_the_page(placing: Placing) -> None:
    assert 'type="checkbox"' in placing.open().text
    claims = placing.chosen("results", "training", MODULE, "evaluations")
    titles = ["Giving feedback", "My training", "Results of the training", "Review of evaluations"]
    assert [item["title"] for item in claims[ITEMS]] == titles
    assert claims[f"{DL}msg"] == "4 links were chosen."


@pytest.mark.parametrize(("accepts", "comes"), [(True, True), (None, True), (False, False)])
def test_c77_a_line_item_comes_along_unless_it_is_refused(placing: Placing, accepts: bool | None, comes: bool) -> None:
    page = placing.open(accept_lineitem=accepts).text
    assert ("column of 100 points in the gradebook" in page) is comes
    assert ("lineItem" in placing.chosen(MODULE)[ITEMS][0]) is comes


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (None, {"iframe": {"width": 900, "height": 800}}),
        ([], {"iframe": {"width": 900, "height": 800}}),
        (["iframe"], {"iframe": {"width": 900, "height": 800}}),
        (["window", "embed", "iframe"], {"iframe": {"width": 900, "height": 800}}),
        (["window"], {"window": {"targetName": "_blank"}}),
        (["embed"], {}),
        (["hologram"], {}),
    ],
    ids=str,
)
def test_c77_a_link_names_no_place_that_the_platform_does_not_accept(
    placing: Placing, targets: list[str] | None, expected: dict[str, Any]
) -> None:
    placing.open(accept_presentation_document_targets=targets)
    item = placing.chosen(MODULE)[ITEMS][0]
    assert {name: item[name] for name in ("iframe", "window", "embed") if name in item} == expected


def test_c78_the_return_address_is_escaped(placing: Placing) -> None:
    url = "https://lms.test/back?a=\"><script>alert(1)</script>&b='2'".replace(" ", "")
    placing.open(deep_link_return_url=url)
    answer = placing.post({"choice": [MODULE], "action": "add"})
    assert "<script>alert" not in answer.text
    assert problems_of(answer.text) == []
    assert 'action="https://lms.test/back?a=&#34;&gt;&lt;script&gt;' in answer.text


@pytest.mark.usefixtures("in_term")
def test_a_module_brings_everything_a_course_needs_of_it(placing: Placing) -> None:
    page = placing.open().text
    assert "Gets the dates of the term: 1 Aug 2026 to 31 Jul 2027." in page
    term = {"startDateTime": "2026-07-31T22:00:00Z", "endDateTime": "2027-07-31T21:59:59Z"}
    picture = {"url": "https://tool.test/static/img/link.png", "width": 128, "height": 128}
    assert placing.chosen(MODULE)[ITEMS] == [
        {
            "type": "ltiResourceLink",
            "url": "https://tool.test/lti/launch",
            "title": "Giving feedback",
            "text": "How to give feedback.",
            "icon": picture,
            "thumbnail": picture,
            "iframe": {"width": 900, "height": 800},
            "custom": {"module": "om1"},
            "lineItem": {
                "label": "Giving feedback",
                "scoreMaximum": 100,
                "resourceId": "om1",
                "tag": TAG,
                "submissionReview": {"reviewableStatus": ["InProgress", "Submitted", "Completed"]},
            },
            "available": term,
            "submission": term,
        }
    ]


@pytest.mark.usefixtures("in_term")
@pytest.mark.parametrize(
    ("name", "custom"), [("training", None), ("results", {"page": "results"}), ("evaluations", {"page": "evaluations"})]
)
def test_a_page_without_a_grade_brings_no_line_item_and_no_dates(
    placing: Placing, name: str, custom: dict[str, str] | None
) -> None:
    placing.open()
    item = placing.chosen(name)[ITEMS][0]
    assert item.keys() - {"custom"} == {"type", "url", "title", "text", "icon", "thumbnail", "iframe"}
    assert item.get("custom") == custom


@pytest.mark.usefixtures("in_term")
def test_where_no_line_item_is_accepted_no_time_to_submit_comes_either(placing: Placing) -> None:
    placing.open(accept_lineitem=False)
    item = placing.chosen(MODULE)[ITEMS][0]
    assert "available" in item
    assert "submission" not in item


def test_a_term_that_is_over_closes_no_link(placing: Placing) -> None:
    with time_machine.travel(datetime(2027, 8, 2, tzinfo=UTC)):
        placing.open()
        assert not {"available", "submission"} & placing.chosen(MODULE)[ITEMS][0].keys()


def test_the_picture_of_a_link_is_there(placing: Placing) -> None:
    placing.open()
    url = placing.chosen("training")[ITEMS][0]["icon"]["url"]
    answer = placing.client.get(url.removeprefix(placing.lms.base_url), base_url=placing.lms.base_url)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")


def test_answering_twice_is_allowed_and_each_answer_has_a_nonce_of_its_own(placing: Placing) -> None:
    placing.open()
    before = row_counts(placing.app)
    first, second = placing.chosen(MODULE), placing.chosen(MODULE, "training")
    assert first["nonce"] != second["nonce"]
    assert (len(first[ITEMS]), len(second[ITEMS])) == (1, 2)
    assert row_counts(placing.app) == before
