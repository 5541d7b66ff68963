"""From the gradebook to the work behind a grade."""

from typing import Any

import pytest

from lti_tool.demo_lms import vocabulary as v
from tests.demo_lms.harness import LAUNCH_URL, LMS_URL, TOOL_URL, Demo, score

TEACHER = "instructor-solveig"
GRADEBOOK = "/courses/tdt4100/gradebook"


def make_item(demo: Demo, **fields: Any) -> str:
    """A line item of the tool; returns its id."""
    body = {"label": "Essay", "scoreMaximum": 10, **fields}
    url = f"{LMS_URL}/api/lti/courses/tdt4100/line_items"
    answer = demo.call("POST", url, json=body, content_type=v.LINE_ITEM_TYPE)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"]).rpartition("/")[2]


def offered(demo: Demo, item: str, sub: str = "la-ingrid") -> bool:
    return f'href="{GRADEBOOK}/{item}/{sub}"' in demo.browser(TEACHER).get(GRADEBOOK).text


def test_an_item_of_a_link_is_reviewed_where_its_tool_knows_how(demo: Demo) -> None:
    item = demo.line_item().rpartition("/")[2]
    assert offered(demo, item)
    page = demo.browser(TEACHER).get(f"{GRADEBOOK}/{item}/la-ingrid").text
    assert f'src="/launch/tdt4100/review/{item}/la-ingrid" title="Work of Ingrid Solberg"' in page
    assert f'href="/launch/tdt4100/review/{item}/la-ingrid?target=window"' in page


def test_the_request_names_the_learner_the_item_and_the_link(demo: Demo) -> None:
    address = demo.line_item()
    claims = demo.launch(TEACHER, f"tdt4100/review/{address.rpartition('/')[2]}/la-ingrid")
    assert claims[v.MESSAGE_TYPE] == "LtiSubmissionReviewRequest"
    assert claims["sub"] == TEACHER
    assert claims[v.FOR_USER] == {
        "user_id": "la-ingrid",
        "name": "Ingrid Solberg",
        "given_name": "Ingrid",
        "family_name": "Solberg",
        "email": "la-ingrid@demo.example",
        "roles": [v.CONTEXT_ROLE + "Learner", v.INSTITUTION_ROLE + "Student"],
    }
    assert claims[v.AGS_ENDPOINT]["lineitem"] == address
    assert claims[v.RESOURCE_LINK]["id"] == "tdt4100-om1"
    assert claims[v.TARGET_LINK_URI] == LAUNCH_URL
    assert claims[v.CUSTOM] == {"module": "om1"}
    assert "locale" in claims


def test_the_item_says_how_it_is_reviewed(demo: Demo) -> None:
    review = {
        "reviewableStatus": ["Submitted", "Completed"],
        "label": "Look at the essay",
        "url": f"{TOOL_URL}/essays",
        "custom": {"module": "om2", "kind": "essay"},
    }
    item = make_item(demo, resourceLinkId="tdt4100-om1", submissionReview=review)
    assert not offered(demo, item)
    demo.post_score(f"{LMS_URL}/api/lti/courses/tdt4100/line_items/{item}", score())
    assert offered(demo, item)
    assert "Look at the essay" in demo.browser(TEACHER).get(GRADEBOOK).text
    claims = demo.launch(TEACHER, f"tdt4100/review/{item}/la-ingrid")
    assert claims[v.TARGET_LINK_URI] == f"{TOOL_URL}/essays"
    assert claims[v.CUSTOM] == {"module": "om2", "kind": "essay"}


@pytest.mark.parametrize(
    ("statuses", "graded", "expected"),
    [
        (None, False, True),
        ([], False, True),
        (["None"], False, True),
        (["None"], True, False),
        (["Completed"], False, False),
        (["Completed"], True, True),
        (["InProgress"], True, False),
    ],
    ids=str,
)
def test_it_is_offered_at_the_states_the_item_names(
    demo: Demo, statuses: list[str] | None, graded: bool, expected: bool
) -> None:
    item = make_item(demo, submissionReview={} if statuses is None else {"reviewableStatus": statuses})
    if graded:
        demo.post_score(f"{LMS_URL}/api/lti/courses/tdt4100/line_items/{item}", score())
    assert offered(demo, item) == expected
    status = demo.browser(TEACHER).get(f"{GRADEBOOK}/{item}/la-ingrid").status_code
    assert status == (200 if expected else 404)


def test_an_item_without_a_link_is_reviewed_only_if_it_says_so_and_without_a_link(demo: Demo) -> None:
    assert not offered(demo, make_item(demo))
    item = make_item(demo, submissionReview={})
    assert v.RESOURCE_LINK not in demo.launch(TEACHER, f"tdt4100/review/{item}/la-ingrid")


@pytest.mark.parametrize(
    "review", [7, {"reviewableStatus": ["Sometimes"]}, {"label": 7}, {"custom": {"a": 1}}], ids=str
)
def test_a_review_that_makes_no_sense_is_no_line_item(demo: Demo, review: Any) -> None:
    body = {"label": "Essay", "scoreMaximum": 10, "submissionReview": review}
    url = f"{LMS_URL}/api/lti/courses/tdt4100/line_items"
    assert demo.call("POST", url, json=body, content_type=v.LINE_ITEM_TYPE).status_code == 400


def test_the_tool_reads_back_what_it_said_of_the_review(demo: Demo) -> None:
    review = {"label": "Look", "reviewableStatus": ["Completed"]}
    item = make_item(demo, submissionReview=review)
    url = f"{LMS_URL}/api/lti/courses/tdt4100/line_items/{item}"
    assert demo.call("GET", url, headers={"Accept": v.LINE_ITEM_TYPE}).get_json()["submissionReview"] == review


@pytest.mark.parametrize("sub", ["la-ingrid", "stranger-astrid"])
def test_nobody_but_teachers_of_the_course_reviews(demo: Demo, sub: str) -> None:
    item = demo.line_item().rpartition("/")[2]
    browser = demo.browser(sub)
    assert browser.get(f"{GRADEBOOK}/{item}/la-ingrid").status_code == 403
    assert browser.get(f"/launch/tdt4100/review/{item}/la-ingrid").status_code == 403


def test_items_and_people_of_other_courses_are_not_found(demo: Demo) -> None:
    ours, theirs = (demo.line_item(key).rpartition("/")[2] for key in ("tdt4100", "tma4100"))
    browser = demo.browser(TEACHER)
    for path in (f"{theirs}/la-ingrid", f"{ours}/stranger-jonas", f"{ours}/nobody"):
        assert browser.get(f"{GRADEBOOK}/{path}").status_code == 404
        assert browser.get(f"/launch/tdt4100/review/{path}").status_code == 404
