"""Line items, scores and results: addresses, media types, pages. No database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.addresses import with_query
from lti_tool.http import Answer, OutgoingError
from lti_tool.lti.columns import Column
from lti_tool.lti.keys import SigningKey
from lti_tool.lti.services.connector import Connector, next_page
from lti_tool.lti.services.grades import MOST_PAGES, Gradebook, Result, below
from lti_tool.lti.services.payload import ActivityProgress, GradingProgress, Points, moment, score
from lti_tool.lti.services.registration import Client
from lti_tool.lti.services.tokens import TokenCache
from tests.lti.platform import key_pair

SCOPES = [
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
]
CLIENT = Client(1, "client-1", "https://lms.test/token", None, "1", SigningKey("kid", key_pair("tool")))
NOW = datetime(2026, 11, 21, 12, 0, 0, 123456, UTC)
COLUMN = Column("om1", "ours", "Giving feedback", 100, "link-1")


class Service:
    """Answers each address with the body or error it was given; counts tokens."""

    def __init__(self, **pages: Any) -> None:
        self.answers: dict[str, Any] = {}
        self.links: dict[str, str] = {}
        self.requests: list[tuple[str, str, Mapping[str, str], Any]] = []
        self.tokens = 0

    def __call__(self, method: str, url: str, *, headers: Any = None, data: Any = None, **_options: Any) -> Answer:
        if url == CLIENT.token_url:
            self.tokens += 1
            return Answer(200, {}, json.dumps({"access_token": f"token-{self.tokens}", "expires_in": 3600}).encode())
        self.requests.append((method, url, headers, data))
        answer = self.answers.get(url, [])
        if isinstance(answer, Exception):
            raise answer
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return Answer(200, {"link": self.links[url]} if url in self.links else {}, body)

    def book(self, container: str | None = "https://lms.test/items?c=7") -> Gradebook:
        return Gradebook(Connector(CLIENT, TokenCache(), self), SCOPES, container)


@pytest.fixture
def service() -> Service:
    return Service()


def test_c92_line_items_are_listed_over_all_pages_as_the_platform_wrote_them(service: Service) -> None:
    service.answers = {
        "https://lms.test/items?c=7": [{"id": "1"}],
        "https://lms.test/Items?c=7&Cursor=AbC%2F": [{"id": "2"}, {"id": "3"}],
        "https://lms.test/items?last": [{"id": "4"}],
    }
    service.links = {
        "https://lms.test/items?c=7": "<https://lms.test/Items?c=7&Cursor=AbC%2F>; rel=next",
        "https://lms.test/Items?c=7&Cursor=AbC%2F": "<https://lms.test/items?last>; rel=“next”",
    }
    assert [item["id"] for item in service.book().line_items()] == ["1", "2", "3", "4"]
    assert {headers["Accept"] for _m, _u, headers, _d in service.requests} == {
        "application/vnd.ims.lis.v2.lineitemcontainer+json"
    }
    assert service.tokens == 1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("nonsense", None),
        ("<https://lms.test/?p=2>", None),
        ('<https://lms.test/?p=1>; rel="prev"', None),
        ('<https://lms.test/?P=Ab>; rel="next"', "https://lms.test/?P=Ab"),
        ("<https://lms.test/?p=2>; rel=next", "https://lms.test/?p=2"),
        ('<https://lms.test/?p=2>; title="x"; REL="NEXT"', "https://lms.test/?p=2"),
        ('<https://lms.test/?p=2>; rel="next last"', "https://lms.test/?p=2"),
        ('<https://lms.test/?p=1>; rel="first", <https://lms.test/?p=2>; rel="next"', "https://lms.test/?p=2"),
        ("<https://lms.test/?p=2>; rel=“next”", "https://lms.test/?p=2"),
        ("<https://lms.test/?p=2>; rel=“next”".encode().decode("latin-1"), "https://lms.test/?p=2"),
        ("</items?p=2>; rel=next", "https://lms.test/items?p=2"),
    ],
)
def test_the_next_page_is_found_however_the_header_is_written(header: str | None, expected: str | None) -> None:
    assert next_page(header, "https://lms.test/items") == expected


def test_pages_that_never_end_are_given_up(service: Service) -> None:
    service.answers = {"https://lms.test/items?c=7": [{"id": "1"}]}
    service.links = {"https://lms.test/items?c=7": "<https://lms.test/items?c=7>; rel=next"}
    with pytest.raises(OutgoingError):
        service.book().line_items()
    assert len(service.requests) == MOST_PAGES


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'"words"', b""])
def test_an_answer_that_is_no_list_is_an_error(service: Service, body: bytes) -> None:
    service.answers = {"https://lms.test/items?c=7": body}
    with pytest.raises(OutgoingError):
        service.book().line_items()


def test_c93_a_line_item_is_created_with_our_marks(service: Service) -> None:
    service.answers = {"https://lms.test/items?c=7": {"id": "https://lms.test/items/9?type_id=2"}}
    assert service.book().create(COLUMN) == "https://lms.test/items/9?type_id=2"
    method, _url, headers, data = service.requests[0]
    assert (method, headers["Content-Type"]) == ("POST", "application/vnd.ims.lis.v2.lineitem+json")
    assert json.loads(data) == {
        "label": "Giving feedback",
        "scoreMaximum": 100,
        "resourceId": "om1",
        "resourceLinkId": "link-1",
        "tag": "ours",
        "submissionReview": {"reviewableStatus": ["InProgress", "Submitted", "Completed"]},
    }


@pytest.mark.parametrize("body", [[], {}, {"id": ""}, {"id": 7}, "x"])
def test_a_created_line_item_without_an_address_is_an_error(service: Service, body: Any) -> None:
    service.answers = {"https://lms.test/items?c=7": body}
    with pytest.raises(OutgoingError):
        service.book().create(COLUMN)


def test_c103_an_update_goes_to_the_address_of_the_line_item_with_all_of_it(service: Service) -> None:
    item = {"id": "https://lms.test/items/9?type_id=2", "label": "New", "resourceLinkId": "link-1", "x": {"y": 1}}
    service.answers = {item["id"]: b""}  # type: ignore[dict-item]
    service.book().update(item)
    method, url, headers, data = service.requests[0]
    assert (method, url, json.loads(data)) == ("PUT", "https://lms.test/items/9?type_id=2", item)
    assert headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"
    assert headers["Authorization"] == "Bearer token-1"


def test_c104_a_line_item_is_deleted_at_its_address(service: Service) -> None:
    service.book().delete("https://lms.test/items/9?type_id=2")
    ((method, url, headers, data),) = service.requests
    assert (method, url, data) == ("DELETE", "https://lms.test/items/9?type_id=2", None)
    assert headers["Authorization"] == "Bearer token-1"


def test_no_container_is_an_error_before_any_request(service: Service) -> None:
    with pytest.raises(OutgoingError):
        service.book(container=None).line_items()
    assert service.requests == []


@pytest.mark.parametrize("body", [b"", b"OK", b'{"resultUrl": "x"}', b"\xff\xfe"])
def test_c94_whatever_a_platform_answers_to_a_score_is_success(service: Service, body: bytes) -> None:
    service.answers = {"https://lms.test/items/9/scores?type_id=2": body}
    service.book().post("https://lms.test/items/9?type_id=2", a_score())
    method, url, headers, data = service.requests[0]
    assert (method, url) == ("POST", "https://lms.test/items/9/scores?type_id=2")
    assert headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert headers["Authorization"] == "Bearer token-1"
    assert json.loads(data)["userId"] == "user-1"


def test_c95_results_are_asked_for_one_user_and_filtered_again(service: Service) -> None:
    url = "https://lms.test/items/9/results?type_id=2&user_id=user+1%26x"
    service.answers = {
        url: [
            {"userId": "somebody", "resultScore": 1, "resultMaximum": 1},
            {"userId": "user 1&x", "resultScore": 83, "resultMaximum": 100, "comment": "Good"},
        ]
    }
    assert service.book().result_of("https://lms.test/items/9?type_id=2", "user 1&x") == Result(0.83, "Good")
    assert service.requests[0][2]["Accept"] == "application/vnd.ims.lis.v2.resultcontainer+json"
    assert service.book().result_of("https://lms.test/items/9?type_id=2", "nobody") is None


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"resultScore": 0.5}, Result(0.5, None)),
        ({"resultScore": 0.5, "resultMaximum": None}, Result(0.5, None)),
        ({"resultScore": 0, "resultMaximum": 10, "comment": ""}, Result(0.0, "")),
        ({"resultScore": None, "resultMaximum": 10}, Result(None, None)),
        ({"resultScore": "7", "resultMaximum": "ten", "comment": 3}, Result(None, None)),
        ({"resultScore": float("nan")}, Result(None, None)),
        ({"resultScore": 10**400, "resultMaximum": 1}, Result(None, None)),
        ({"resultScore": 1e308, "resultMaximum": 1e-308}, Result(None, None)),
        ({"comment": "One<br/>two<br />three\x00"}, Result(None, "One\ntwo\nthree")),
        ({}, Result(None, None)),
    ],
)
def test_c95_odd_results_are_read_as_far_as_they_go(service: Service, entry: dict[str, Any], expected: Result) -> None:
    service.answers = {"https://lms.test/items/9/results?user_id=u": [{"userId": "u", **entry}]}
    assert service.book().result_of("https://lms.test/items/9", "u") == expected


def test_c107_one_401_is_answered_with_a_fresh_token(service: Service) -> None:
    refusals = [OutgoingError("answered 401", retry=False, status=401)]
    plain = service.__call__

    def send(method: str, url: str, **options: Any) -> Answer:
        if url != CLIENT.token_url and refusals:
            raise refusals.pop()
        return plain(method, url, **options)

    book = Gradebook(Connector(CLIENT, TokenCache(), send), SCOPES)
    book.post("https://lms.test/items/9", a_score())
    assert service.tokens == 2
    assert [headers["Authorization"] for _m, _u, headers, _d in service.requests] == ["Bearer token-2"]


def test_c107_a_401_to_the_fresh_token_is_an_error(service: Service) -> None:
    service.answers = {"https://lms.test/items/9/scores": OutgoingError("answered 401", retry=False, status=401)}
    with pytest.raises(OutgoingError) as raised:
        service.book().post("https://lms.test/items/9", a_score())
    assert raised.value.status == 401
    assert (len(service.requests), service.tokens) == (2, 2)


def test_c95_the_results_of_a_class_are_read_over_all_pages_without_a_filter(service: Service) -> None:
    first, second = "https://lms.test/items/9/results?type_id=2", "https://lms.test/results?page=2"
    service.answers = {
        first: [{"userId": "a", "resultScore": 1, "resultMaximum": 2}, {"resultScore": 1}, "odd"],
        second: [{"userId": 7, "comment": "Only words"}],
    }
    service.links = {first: f"<{second}>; rel=next"}
    assert service.book().results("https://lms.test/items/9?type_id=2") == [
        ("a", Result(0.5, None)),
        ("7", Result(None, "Only words")),
    ]


segments = st.text("abcXYZ019-._~%:@!$&'()*+,;=", min_size=1, max_size=8)
paths = st.lists(segments, max_size=4).map(lambda parts: "/" + "/".join(parts))
queries = st.text("abcXYZ019=&%?/:-_.,+[]", max_size=20)


@given(path=paths, query=queries, slash=st.booleans())
def test_c96_scores_stand_before_the_query_whatever_the_address(path: str, query: str, slash: bool) -> None:
    address = "https://lms.test:8443" + path + "/" * slash + (f"?{query}" if query else "")
    before, after = urlsplit(address), urlsplit(below(address, "scores"))
    assert (after.scheme, after.netloc, after.query) == (before.scheme, before.netloc, before.query)
    assert after.path.removesuffix("/scores") in (before.path, before.path.removesuffix("/"))
    assert after.path.endswith("/scores")


@given(query=st.dictionaries(segments, segments, max_size=3), user=st.text(min_size=1, max_size=20))
def test_c95_the_filter_joins_the_query_of_the_address(query: dict[str, str], user: str) -> None:
    address = with_query("https://lms.test/items/9/results", **query)
    filtered = urlsplit(with_query(address, user_id=user))
    assert parse_qsl(filtered.query, errors="surrogatepass") == [*query.items(), ("user_id", user)]


def a_score(**options: Any) -> Any:
    return score("user-1", NOW, points=Points(100, 100), comment="Done", **options)


def body_of(**options: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"points": Points(100, 100), "comment": "Done", **options}
    body: dict[str, Any] = json.loads(score("user-1", NOW, **values).get_value())
    return body


def test_c97_a_moment_has_zone_and_milliseconds() -> None:
    assert moment(NOW) == "2026-11-21T12:00:00.123+00:00"
    assert moment(NOW.astimezone(timezone(timedelta(hours=1)))) == "2026-11-21T12:00:00.123+00:00"
    with pytest.raises(ValueError, match="zone"):
        moment(NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("given_points", "maximum"),
    [(-1, 100), (float("nan"), 100), (float("inf"), 100), (1, 0), (1, -5), (1, float("nan")), (1, float("inf"))],
)
def test_c98_points_that_no_gradebook_takes_are_refused(given_points: float, maximum: float) -> None:
    with pytest.raises(ValueError, match="points"):
        Points(given_points, maximum)


@given(points=st.builds(Points, st.floats(0, 1e6), st.floats(0.1, 1e6)))
def test_c98_the_maximum_goes_with_the_points(points: Points) -> None:
    body = body_of(points=points)
    assert (body["scoreGiven"], body["scoreMaximum"]) == (points.given, points.maximum)


def test_whole_points_are_written_as_whole_numbers() -> None:
    whole = score("user-1", NOW, points=Points(100.0, 100.0), comment="Done")
    assert '"scoreGiven": 100, "scoreMaximum": 100,' in whole.get_value()


@pytest.mark.parametrize("activity", ActivityProgress)
@pytest.mark.parametrize("grading", GradingProgress)
def test_c99_every_progress_can_be_told(activity: ActivityProgress, grading: GradingProgress) -> None:
    body = body_of(activity=activity, grading=grading)
    assert (body["activityProgress"], body["gradingProgress"]) == (activity.value, grading.value)


def test_c99_a_score_is_completed_and_fully_graded_unless_told_otherwise() -> None:
    assert (body_of()["activityProgress"], body_of()["gradingProgress"]) == ("Completed", "FullyGraded")


def test_c100_without_points_the_score_clears_the_grade() -> None:
    assert not {"scoreGiven", "scoreMaximum"} & set(body_of(points=None))


@pytest.mark.parametrize("comment", [None, ""])
def test_c101_without_words_the_score_clears_the_comment(comment: str | None) -> None:
    assert "comment" not in body_of(comment=comment)


def test_c102_a_submission_does_not_end_before_it_begins() -> None:
    later = NOW + timedelta(hours=1)
    assert body_of(started_at=NOW, submitted_at=later)["submission"] == {
        "startedAt": moment(NOW),
        "submittedAt": moment(later),
    }
    assert body_of(submitted_at=NOW)["submission"] == {"submittedAt": moment(NOW)}
    assert "submission" not in body_of()
    with pytest.raises(ValueError, match="submission"):
        body_of(started_at=later, submitted_at=NOW)
