"""What marks a column of a platform's gradebook as ours: the same whether Deep Linking places it with a link or the
passback makes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lti_tool.lti.services.payload import ActivityProgress, plain

# The `tag` of every line item of ours, to every later version of the tool; its `resourceId` is the key of the module or
# programme.
TAG = "lti-tool-module"
PROGRAMME_TAG = "lti-tool-programme"

# https://www.imsglobal.org/spec/lti-sr/v1p0: when a gradebook offers to show the work behind a grade.
_REVIEWABLE = (ActivityProgress.IN_PROGRESS, ActivityProgress.SUBMITTED, ActivityProgress.COMPLETED)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a line item of ours is for: a module, or with `whole` the completion of a programme."""

    key: str
    whole: bool = False

    @property
    def custom(self) -> dict[str, str]:
        """The custom parameter by which a link says so."""
        return {"programme" if self.whole else "module": self.key}

    @property
    def tag(self) -> str:
        return PROGRAMME_TAG if self.whole else TAG


@dataclass(frozen=True, slots=True)
class Column:
    """What a line item of ours looks like; `resource_id` and `tag` survive the copying of a course.

    `resource_link_id` is None where the platform binds the item to a link itself, as it does in Deep Linking.
    """

    resource_id: str
    tag: str
    label: str
    maximum: float
    resource_link_id: str | None = None


def column_for(subject: Subject, title: str, maximum: float, resource_link_id: str | None = None) -> Column:
    """The column of a subject, with the marks by which it is found again; `title` is what people read above it."""
    return Column(subject.key, subject.tag, title, maximum, resource_link_id)


def fields_of(column: Column) -> dict[str, Any]:
    """A line item as the specification writes it."""
    fields = {
        "label": column.label,
        "scoreMaximum": plain(column.maximum),
        "resourceId": column.resource_id,
        "tag": column.tag,
        "resourceLinkId": column.resource_link_id,
    }
    return {name: value for name, value in fields.items() if value is not None}


def new_item(column: Column) -> dict[str, Any]:
    """A line item to be made, with the offer to show the work behind its grades."""
    return {**fields_of(column), "submissionReview": {"reviewableStatus": list(_REVIEWABLE)}}


def matching(
    items: Sequence[Mapping[str, Any]], column: Column, known_links: Collection[str], taken: Collection[str] = ()
) -> Mapping[str, Any] | None:
    """The line item that is this column, if there is one.

    It is bound to the link, whoever made it; or it carries our marks and is bound to no link, or to one that no launch
    has told us of: that is how a copied course keeps the columns of the course it was made from. `known_links` are the
    ids of the course's other links, `taken` the addresses of their columns. Items that we may only read (Sakai tells)
    are nobody's column.
    """
    usable = [item for item in items if item.get("readOnly") is not True]
    bound = [item for item in usable if item.get("resourceLinkId") == column.resource_link_id is not None]
    marked = [item for item in usable if is_marked(item, column)]
    ours = [item for item in bound if item in marked]
    adrift = [item for item in marked if item.get("resourceLinkId") not in known_links and item.get("id") not in taken]
    found = ours or bound or adrift
    return found[0] if found else None


def corrected(item: Mapping[str, Any], column: Column) -> dict[str, Any] | None:
    """All of a line item with our marks as it should be, where it lags behind its link or module; else None.

    Everything else stays, because an update replaces the whole item: Moodle unbinds one that comes without its
    resourceLinkId. A link that it is bound to stays, too, since platforms do not let that change; one bound to none
    joins ours.
    """
    if not is_marked(item, column):
        return None
    link_id = item.get("resourceLinkId") or column.resource_link_id
    wanted = {**item, **fields_of(replace(column, resource_link_id=link_id))}
    return None if wanted == item else wanted


def is_marked(item: Mapping[str, Any], column: Column) -> bool:
    return (item.get("resourceId"), item.get("tag")) == (column.resource_id, column.tag)
