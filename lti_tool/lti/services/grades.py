"""A platform's gradebook: line items, scores and results (AGS 2.0). https://www.imsglobal.org/spec/lti-ags/v2p0"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem
from pylti1p3.service_connector import TServiceConnectorResponse as Answered
from typing_extensions import override

from lti_tool.addresses import with_query
from lti_tool.http import OutgoingError
from lti_tool.lti.columns import Column, new_item
from lti_tool.lti.services.connector import Connector

_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM_SCOPE = f"{_SCOPE}lineitem"
LINE_ITEM_READ_SCOPE = f"{_SCOPE}lineitem.readonly"
SCORE_SCOPE = f"{_SCOPE}score"
RESULT_SCOPE = f"{_SCOPE}result.readonly"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
# A platform whose pages go round in a circle must not hold a worker.
MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Result:
    """What a platform's gradebook shows for a user: `share` is 1 for full points, more with a bonus, and None without a
    grade; `comment` is None if it tells none."""

    share: float | None
    comment: str | None


class Gradebook(AssignmentsGradesService):
    """The services that one launch's claim granted. Every method raises `OutgoingError` when the platform fails."""

    def __init__(self, connector: Connector, scopes: Collection[str], container_url: str | None = None) -> None:
        granted: list[Any] = sorted(scopes)
        super().__init__(connector, {"scope": granted, "lineitems": container_url or ""})
        self._connector = connector
        self._container_url = container_url

    def post(self, line_item_url: str, grade: Grade) -> None:
        # Answers to scores differ from platform to platform and say nothing we need.
        self.put_grade(grade, LineItem({"id": line_item_url}))

    def line_items(self) -> list[dict[str, Any]]:
        """Every line item that we may see, all pages."""
        return self._all_pages(self._container(), LINE_ITEMS_TYPE)

    def create(self, column: Column) -> str:
        """A new line item bound to the link; returns its address."""
        return address_of(self._change("POST", self._container(), new_item(column)))

    def update(self, item: Mapping[str, Any]) -> None:
        """Put the line item, all of it, in the place of the one with its address."""
        self._change("PUT", address_of(item), item)

    def delete(self, line_item_url: str) -> None:
        """With whatever it holds."""
        self._request("DELETE", line_item_url, {})

    def results(self, line_item_url: str) -> list[tuple[str, Result]]:
        """The platform's ids of all users whom the gradebook has something for, with that; all pages.

        Not one user at a time: it is one request for a class, and Blackboard leaves out the comment when asked for one.
        """
        entries = self._all_pages(self._add_url_path_ending(line_item_url, "results"), RESULTS_TYPE)
        return [(str(entry["userId"]), _result(entry)) for entry in entries if entry.get("userId")]

    def result_of(self, line_item_url: str, user_id: str) -> Result | None:
        """None when the gradebook holds nothing for this user."""
        url = with_query(self._add_url_path_ending(line_item_url, "results"), user_id=user_id)
        # Some platforms ignore the filter and send the whole class.
        found = [entry for entry in self._all_pages(url, RESULTS_TYPE) if str(entry.get("userId")) == user_id]
        return _result(found[0]) if found else None

    def _container(self) -> str:
        if not self._container_url:
            raise OutgoingError("the claim names no line items", retry=False)
        return self._container_url

    def _change(self, method: str, url: str, item: Mapping[str, Any]) -> object:
        headers = {"Accept": LINE_ITEM_TYPE, "Content-Type": LINE_ITEM_TYPE}
        return self._request(method, url, headers, json.dumps(item))["body"]

    def _all_pages(self, url: str, media_type: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        for _page in range(MOST_PAGES):
            answer = self._request("GET", url, {"Accept": media_type})
            entries += _entries(answer["body"])
            if answer["next_page_url"] is None:
                return entries
            url = answer["next_page_url"]
        raise OutgoingError("the pages of a list do not end", retry=False)

    def _request(self, method: str, url: str, headers: dict[str, str], data: str | None = None) -> Answered:
        return self._connector.request(self._service_data["scope"], method, url, headers, data)

    @staticmethod
    @override
    def _add_url_path_ending(url: str, url_path_ending: str) -> str:
        return below(url, url_path_ending)


def below(line_item_url: str, ending: str) -> str:
    """`.../7?type_id=2` and `scores` make `.../7/scores?type_id=2`.

    https://www.imsglobal.org/spec/lti-ags/v2p0#line-item-0 allows a query, and Moodle's addresses have one.
    """
    parts = urlsplit(line_item_url)
    return urlunsplit(parts._replace(path=f"{parts.path.removesuffix('/')}/{ending}", fragment=""))


def address_of(item: object) -> str:
    """Raises `OutgoingError` for a line item without one."""
    address = item.get("id") if isinstance(item, Mapping) else None
    if not isinstance(address, str) or not address:
        raise OutgoingError("a line item without an address", retry=False)
    return address


def _entries(body: object) -> list[dict[str, Any]]:
    if not isinstance(body, list):
        raise OutgoingError("the answer is not a list", retry=False)
    return [entry for entry in body if isinstance(entry, dict)]


def _result(entry: dict[str, Any]) -> Result:
    comment = entry.get("comment")
    share = _share(entry.get("resultScore"), entry.get("resultMaximum"))
    return Result(share, _text(comment) if isinstance(comment, str) else None)


def _share(given: object, maximum: object) -> float | None:
    if not isinstance(given, int | float) or not isinstance(maximum, int | float | None):
        return None
    try:
        # https://www.imsglobal.org/spec/lti-ags/v2p0#resultmaximum: 1 where it is not told.
        share = given / (maximum or 1)
    except OverflowError:
        return None
    return share if math.isfinite(share) else None


def _text(comment: str) -> str:
    # Blackboard makes line breaks into elements; PostgreSQL holds no NUL.
    return re.sub(r"<br ?/>", "\n", comment).replace("\x00", "")
