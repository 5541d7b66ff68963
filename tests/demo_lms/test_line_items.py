"""Line items: listed, created, changed and deleted by the tool."""

from typing import Any

import pytest

from lti_tool.demo_lms import vocabulary as v
from tests.demo_lms.harness import LMS_URL, Demo, score

CONTAINER = f"{LMS_URL}/api/lti/courses/tdt4100/line_items"
BODY = {
    "label": "Second part",
    "scoreMaximum": 10,
    "resourceId": "om2",
    "tag": "grade",
    "resourceLinkId": "tdt4100-training",
}


def create(demo: Demo, url: str = CONTAINER, **changes: Any) -> Any:
    body = {name: value for name, value in {**BODY, **changes}.items() if value is not None}
    return demo.call("POST", url, json=body, content_type=v.LINE_ITEM_TYPE)


def listed(demo: Demo, url: str = CONTAINER, **query: str) -> Any:
    return demo.call("GET", url, headers={"Accept": v.LINE_ITEMS_TYPE}, query_string=query or None)


def shown(demo: Demo, url: str) -> Any:
    return demo.call("GET", url, headers={"Accept": v.LINE_ITEM_TYPE})


def test_the_course_starts_with_the_line_item_of_its_module(demo: Demo) -> None:
    answer = listed(demo)
    assert answer.content_type == v.LINE_ITEMS_TYPE
    assert answer.get_json() == [
        {
            "id": demo.line_item(),
            "label": "OM1 Giving feedback",
            "scoreMaximum": 100,
            "resourceId": "om1",
            "tag": "grade",
            "resourceLinkId": "tdt4100-om1",
        }
    ]


def test_a_line_item_that_is_created_can_be_read_and_listed(demo: Demo) -> None:
    answer = create(demo, startDateTime="2026-11-21T12:00:00Z", endDateTime="2026-12-21T12:00:00+01:00")
    assert (answer.status_code, answer.content_type) == (201, v.LINE_ITEM_TYPE)
    kept = answer.get_json()
    assert kept.items() >= BODY.items()
    assert kept["endDateTime"] == "2026-12-21T11:00:00+00:00"
    assert shown(demo, kept["id"]).get_json() == kept
    assert kept in listed(demo).get_json()


@pytest.mark.parametrize(
    "query", [{"resource_link_id": "tdt4100-training"}, {"resource_id": "om2"}, {"tag": "other"}], ids=str
)
def test_the_list_can_be_narrowed(demo: Demo, query: dict[str, str]) -> None:
    created = create(demo, tag="other").get_json()["id"]
    assert [item["id"] for item in listed(demo, **query).get_json()] == [created]


def test_narrowing_by_two_things_asks_for_both(demo: Demo) -> None:
    create(demo)
    assert listed(demo, resource_id="om2", tag="other").get_json() == []


def test_pages_follow_each_other_and_keep_the_narrowing(demo: Demo) -> None:
    created = [create(demo, label=f"Part {number}").get_json()["id"] for number in range(5)]
    found, pages, url = [], 0, f"{CONTAINER}?resource_id=om2&limit=2"
    while url:
        answer = listed(demo, url)
        found += [item["id"] for item in answer.get_json()]
        url = answer.headers["Link"].removeprefix("<").removesuffix('>; rel="next"') if "Link" in answer.headers else ""
        pages += 1
    assert (found, pages) == (created, 3)


def test_a_page_is_never_longer_than_the_lms_allows(demo: Demo) -> None:
    demo.behave(page_size=1)
    create(demo)
    answer = listed(demo, limit="10")
    assert len(answer.get_json()) == 1
    assert 'rel="next"' in answer.headers["Link"]


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "-1"}, {"limit": "many"}, {"cursor": "%"}, {"cursor": "aGk="}]
)
def test_a_page_that_cannot_be_is_refused(demo: Demo, query: dict[str, str]) -> None:
    assert listed(demo, **query).status_code == 400


def test_a_line_item_can_be_changed_and_keeps_address_and_link(demo: Demo) -> None:
    before = create(demo).get_json()
    body = {"id": "https://elsewhere.example", "label": "Renamed", "scoreMaximum": 20, "resourceLinkId": "tdt4100-om1"}
    answer = demo.call("PUT", before["id"], json=body, content_type=v.LINE_ITEM_TYPE)
    assert answer.get_json() == {
        "id": before["id"],
        "label": "Renamed",
        "scoreMaximum": 20,
        "resourceLinkId": "tdt4100-training",
    }
    assert shown(demo, before["id"]).get_json() == answer.get_json()


def test_a_change_without_the_link_unlinks_where_the_lms_behaves_so(demo: Demo) -> None:
    demo.behave(put_unlinks=True)
    line_item = create(demo).get_json()["id"]
    demo.call("PUT", line_item, json={"label": "Renamed", "scoreMaximum": 20}, content_type=v.LINE_ITEM_TYPE)
    assert "resourceLinkId" not in shown(demo, line_item).get_json()


def test_a_deleted_line_item_is_gone_with_its_grades_and_its_address_is_not_used_again(demo: Demo) -> None:
    line_item = create(demo).get_json()["id"]
    demo.post_score(line_item, score())
    assert demo.call("DELETE", line_item).status_code == 204
    assert shown(demo, line_item).status_code == 404
    assert demo.call("DELETE", line_item).status_code == 404
    assert create(demo).get_json()["id"] != line_item


@pytest.mark.parametrize(
    "changes",
    [
        {"label": None},
        {"label": "  "},
        {"label": 7},
        {"label": "x" * 256},
        {"scoreMaximum": None},
        {"scoreMaximum": 0},
        {"scoreMaximum": -1},
        {"scoreMaximum": "ten"},
        {"scoreMaximum": True},
        {"scoreMaximum": float("nan")},
        {"startDateTime": "tomorrow"},
        {"endDateTime": "2026-11-21T12:00:00"},
    ],
    ids=str,
)
def test_a_line_item_that_makes_no_sense_is_refused_and_not_kept(demo: Demo, changes: dict[str, Any]) -> None:
    assert create(demo, **changes).status_code == 400
    assert len(listed(demo).get_json()) == 1


@pytest.mark.parametrize("text", ["", "no json", "[]", "null"])
def test_a_body_that_is_no_line_item_is_refused(demo: Demo, text: str) -> None:
    assert demo.call("POST", CONTAINER, data=text, content_type=v.LINE_ITEM_TYPE).status_code == 400


@pytest.mark.parametrize("link", ["nothing", "tma4100-om1"])
def test_a_line_item_for_a_link_the_course_has_not_is_refused(demo: Demo, link: str) -> None:
    assert create(demo, resourceLinkId=link).status_code == 404


def test_a_line_item_of_another_course_is_not_found(demo: Demo) -> None:
    assert shown(demo, demo.line_item("tma4100").replace("tma4100", "tdt4100")).status_code == 404


def test_a_course_that_does_not_exist_is_not_found(demo: Demo) -> None:
    url = CONTAINER.replace("tdt4100", "nothing")
    assert listed(demo, url).status_code == 404
    assert create(demo, url).status_code == 404


@pytest.mark.parametrize("media_type", ["application/json", v.SCORE_TYPE, v.LINE_ITEMS_TYPE])
def test_a_wrong_content_type_is_refused(demo: Demo, media_type: str) -> None:
    line_item = demo.line_item()
    assert demo.call("POST", CONTAINER, json=BODY, content_type=media_type).status_code == 415
    assert demo.call("PUT", line_item, json=BODY, content_type=media_type).status_code == 415


@pytest.mark.parametrize("accept", ["application/json", "*/*", ""])
def test_a_wrong_accept_is_refused(demo: Demo, accept: str) -> None:
    assert demo.call("GET", CONTAINER, headers={"Accept": accept}).status_code == 406
    assert demo.call("GET", demo.line_item(), headers={"Accept": accept}).status_code == 406


def test_a_wrong_method_is_refused_as_json(demo: Demo) -> None:
    answer = demo.call("PATCH", demo.line_item())
    assert (answer.status_code, answer.content_type) == (405, "application/json")


class TestAddressesWithAQuery:
    """As in Moodle: whoever drops the query, or writes after it, finds nothing."""

    def test_every_address_has_it_and_works_with_it(self, demo: Demo) -> None:
        demo.behave(line_item_query=True)
        endpoint = demo.launch("la-ingrid", "tdt4100-om1")[v.AGS_ENDPOINT]
        assert endpoint["lineitems"] == f"{CONTAINER}?type_id=1"
        assert [item["id"] for item in listed(demo, endpoint["lineitems"]).get_json()] == [endpoint["lineitem"]]
        assert endpoint["lineitem"].endswith("?type_id=1")
        assert demo.post_score(endpoint["lineitem"], score()).status_code == 200

    def test_the_query_survives_paging(self, demo: Demo) -> None:
        demo.behave(line_item_query=True, page_size=1)
        create(demo, f"{CONTAINER}?type_id=1")
        assert "type_id=1" in listed(demo, f"{CONTAINER}?type_id=1").headers["Link"]

    def test_without_it_nothing_is_found(self, demo: Demo) -> None:
        line_item = demo.line_item()
        demo.behave(line_item_query=True)
        assert listed(demo).status_code == 404
        assert demo.post_score(line_item, score()).status_code == 404
        assert demo.results(line_item).status_code == 404

    def test_scores_behind_it_reach_nothing(self, demo: Demo) -> None:
        demo.behave(line_item_query=True)
        line_item = demo.line_item()
        answer = demo.call("POST", f"{line_item}/scores", json=score(), content_type=v.SCORE_TYPE)
        assert answer.status_code in (404, 405)
