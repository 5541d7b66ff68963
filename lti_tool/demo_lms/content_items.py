"""What a tool may hand back when a teacher has chosen content, and the activities that come of it.

https://www.imsglobal.org/spec/lti-dl/v2p0#content-item-types
"""

from collections.abc import Iterable
from secrets import token_hex
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from lti_tool.demo_lms.grading import Moment, SubmissionReview
from lti_tool.demo_lms.models import Course, LineItem, Link, Tool

LINK_TYPE = "ltiResourceLink"


def _is_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https address")
    return value


Address = Annotated[str, Field(max_length=2000), AfterValidator(_is_address)]
Text = Annotated[str, Field(max_length=255)]
Pixels = Annotated[int, Field(gt=0, le=20_000)]


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True, allow_inf_nan=False, frozen=True)


class Image(_Part):
    url: Address
    width: Pixels | None = None
    height: Pixels | None = None


class Size(_Part):
    width: Pixels | None = None
    height: Pixels | None = None


class Period(_Part):
    start_date_time: Moment | None = None
    end_date_time: Moment | None = None


class ItemLine(_Part):
    """The line item of a link."""

    score_maximum: Annotated[float, Field(gt=0)]
    label: Text | None = None
    resource_id: Text | None = None
    tag: Text | None = None
    grades_released: bool | None = None
    submission_review: SubmissionReview | None = None


class LinkItem(_Part):
    """An ltiResourceLink; what this LMS has no use for is left unread."""

    type: Literal["ltiResourceLink"]
    url: Address | None = None
    title: Text | None = None
    text: Annotated[str, Field(max_length=10_000)] | None = None
    icon: Image | None = None
    thumbnail: Image | None = None
    iframe: Size | None = None
    window: Size | None = None
    custom: dict[str, str] | None = None
    line_item: ItemLine | None = None
    available: Period | None = None
    submission: Period | None = None


def add_links(course: Course, tool: Tool, items: Iterable[LinkItem]) -> list[Link]:
    """New activities at the end of the course, each with its line item."""
    links = []
    for position, item in enumerate(items, start=1 + max((link.position for link in course.links), default=-1)):
        links.append(_link(course, tool, item, position))
    course.links.extend(links)
    return links


def _link(course: Course, tool: Tool, item: LinkItem, position: int) -> Link:
    available = item.available or Period()
    image = item.thumbnail or item.icon
    link = Link(
        id=f"{course.key}-{token_hex(6)}",
        tool=tool,
        title=item.title or tool.name,
        about=item.text or "",
        custom=item.custom or {},
        position=position,
        url=item.url,
        thumbnail=image.url if image else None,
        available_from=available.start_date_time,
        available_until=available.end_date_time,
        **_presentation(item),
    )
    link.line_items = [_line_item(course, link, item, item.line_item)] if item.line_item else []
    return link


def _presentation(item: LinkItem) -> dict[str, Any]:
    """In a frame unless the tool wants a window and says nothing of a frame."""
    frame = item.iframe or Size()
    target = "window" if item.window and not item.iframe else "iframe"
    return {"presentation": target, "frame_width": frame.width, "frame_height": frame.height}


def _line_item(course: Course, link: Link, item: LinkItem, line: ItemLine) -> LineItem:
    submission = item.submission or Period()
    review = line.submission_review
    return LineItem(
        course_key=course.key,
        tool=link.tool,
        label=line.label or link.title,
        score_maximum=line.score_maximum,
        resource_id=line.resource_id,
        tag=line.tag,
        start_at=submission.start_date_time,
        end_at=submission.end_date_time,
        submission_review=review.model_dump(by_alias=True, exclude_unset=True) if review else None,
    )
