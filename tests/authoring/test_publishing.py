"""Publishing a module, its versions, retiring it, and beginning a new one."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.authoring import publishing
from lti_tool.authoring.actions import Writer, Written, draft_of, save_texts
from lti_tool.authoring.editing import Place
from lti_tool.modules.queries import standing_of
from lti_tool.programme.models import ModuleContent, OnlineModule, Programme
from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.peer_review.together import at_once
from tests.work import done_before, take_part_in


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


@pytest.fixture
def writer(cast: Cast) -> Writer:
    return Writer(cast.module_id, cast.person_id("kari"))


def write(session: Session, writer: Writer, text: str, language: str = "en") -> int:
    """A new reading in the draft; returns the version of the draft."""
    before = draft_of(session, writer.module_id).version
    written = Written(Place("reading"), language, {"reading": text})
    return save_texts(session, writer, written, before).version


def reading_for(cast: Cast, name: str) -> str:
    with done_before(cast) as session:
        return standing_of(session, cast.person_id(name), "om1").content.text_in("en").reading


def draft_version(browser: Browser) -> str:
    page = browser.get("authoring/om1/publish").text
    return page.split('name="version" value="')[1].split('"')[0] if 'name="version"' in page else "0"


def test_who_has_begun_keeps_the_old_text_and_a_newcomer_meets_the_new_one(
    cast: Cast, kari: Browser, writer: Writer
) -> None:
    with done_before(cast) as session:
        take_part_in(session, cast.person_id("lina"))
        write(session, writer, "New text.")
    old = reading_for(cast, "lina")
    page = kari.get("authoring/om1/publish").text
    assert "1 person has begun with version 1" in page
    assert "Reading: changed" in page
    assert "the reading has 2 words" in page
    answer = kari.post("authoring/om1/publish", {"version": draft_version(kari), "note": "Shorter."})
    assert answer.status_code == 303
    assert (reading_for(cast, "lina"), reading_for(cast, "frode")) == (old, "New text.")
    versions = kari.get("authoring/om1/versions").text
    assert "Published by Kari Testperson" in versions
    assert "Shorter." in versions
    assert "There is a draft" not in versions


def test_publishing_twice_at_once_makes_one_version(cast: Cast, session: Session, writer: Writer) -> None:
    version = write(session, writer, "New text.")
    session.commit()
    numbers = at_once(cast.app, *[lambda own: publishing.publish(own, writer, version, "").number for _ in range(4)])
    assert numbers == [2, 2, 2, 2]
    assert session.scalar(select(func.count()).select_from(ModuleContent)) == 2


def test_what_was_not_seen_is_not_published(cast: Cast, kari: Browser, writer: Writer) -> None:
    with done_before(cast) as session:
        write(session, writer, "Seen.")
    seen = draft_version(kari)
    with done_before(cast) as session:
        write(session, writer, "Not seen.")
    answer = kari.post("authoring/om1/publish", {"version": seen, "note": "My note"})
    assert answer.status_code == 409
    assert "My note" in answer.text
    assert problems_of(answer.text) == []
    assert reading_for(cast, "frode") not in ("Seen.", "Not seen.")


def test_what_hinders_is_named_and_leads_to_its_field(cast: Cast, kari: Browser, writer: Writer) -> None:
    with done_before(cast) as session:
        write(session, writer, "", "nb")
    answer = kari.post("authoring/om1/publish", {"version": draft_version(kari), "note": "My note"})
    assert answer.status_code == 422
    assert "“Reading” is not written yet." in answer.text
    assert "edit/reading/nb#t-reading" in answer.text
    assert "My note" in answer.text
    assert problems_of(answer.text) == []
    kari.post("authoring/om1/languages/nb", {"action": "leave-out"})
    assert kari.post("authoring/om1/publish", {"version": draft_version(kari), "note": ""}).status_code == 303
    with done_before(cast) as session:
        assert list(standing_of(session, cast.person_id("frode"), "om1").content.languages) == ["en"]
        assert draft_of(session, cast.module_id).begun


def test_a_page_opened_before_publishing_does_not_overwrite_what_came_after(session: Session, writer: Writer) -> None:
    opened = draft_of(session, writer.module_id).version
    publishing.publish(session, writer, write(session, writer, "Published."), "")
    with pytest.raises(Exception, match="moved on"):
        save_texts(session, writer, Written(Place("reading"), "en", {"reading": "Stale."}), opened)


def test_an_old_version_is_offered_again_or_taken_as_draft_and_the_draft_before_comes_back(
    cast: Cast, kari: Browser, writer: Writer
) -> None:
    with done_before(cast) as session:
        publishing.publish(session, writer, write(session, writer, "Second."), "")
        write(session, writer, "Third, in work.")
    kari.post("authoring/om1/versions/1", {"action": "offer"})
    assert reading_for(cast, "frode").startswith("# Reading")
    kari.post("authoring/om1/versions/2", {"action": "take"})
    with done_before(cast) as session:
        assert draft_of(session, cast.module_id).draft.main.reading == "Second."
        publishing.publish(session, writer, draft_of(session, cast.module_id).version, "")
    assert "Go back to the other draft" in kari.get("authoring/om1").text
    kari.post("authoring/om1/swap", {"action": "swap"})
    with done_before(cast) as session:
        assert draft_of(session, cast.module_id).draft.main.reading == "Third, in work."
    assert "Reading: changed" in kari.get("authoring/om1/versions/2").text


def test_nobody_begins_a_retired_module_and_offering_a_version_brings_it_back(cast: Cast, kari: Browser) -> None:
    kari.post("authoring/om1/retire", {"action": "retire"})
    with done_before(cast) as session:
        module = session.get_one(OnlineModule, cast.module_id)
        assert module.content_id is None
        assert module.retired_at is not None
    assert cast.visit("lina").get("modules/om1").status_code == 404
    page = kari.get("authoring").text
    assert "Retired" in page
    assert problems_of(page) == []
    assert problems_of(kari.get("authoring/om1/versions").text) == []
    kari.post("authoring/om1/versions/1", {"action": "offer"})
    assert cast.visit("lina").get("modules/om1").status_code == 200


def test_a_new_module_begins_as_a_draft_once(cast: Cast, kari: Browser) -> None:
    with done_before(cast) as session:
        path = f"authoring/programmes/{session.get_one(OnlineModule, cast.module_id).programme_id}/new"
    assert problems_of(kari.get(path).text) == []
    wanted = {"title-en": "Asking questions", "title-nb": "Å stille spørsmål", "steps": ["test", "essay"]}
    for _ in range(2):
        answer = kari.post(path, wanted)
        assert answer.headers["Location"].split("?")[0].endswith("authoring/asking-questions")
    for page in ("authoring", "authoring/asking-questions", "authoring/asking-questions/publish"):
        assert problems_of(kari.get(page).text) == []
    assert "Never published" in kari.get("authoring").text
    assert problems_of(kari.get("authoring/asking-questions/preview/nb").text) == []
    wrong = kari.post(path, {"title-nb": "Bare norsk", "steps": ["evaluations"]})
    assert wrong.status_code == 422
    assert "Bare norsk" in wrong.text
    assert cast.visit("lina").get("modules/asking-questions").status_code == 404


def test_a_coordinator_of_another_programme_does_not_see_it(cast: Cast, kari: Browser) -> None:
    with done_before(cast) as session:
        other = Programme(key="other", body={})
        session.add(other)
        session.flush()
        session.get_one(OnlineModule, cast.module_id).programme_id = other.id
    for path in ("authoring/om1", "authoring/om1/edit/reading/en", "authoring/om1/versions"):
        assert kari.get(path).status_code == 404
    assert kari.post("authoring/om1/retire", {"action": "retire"}).status_code == 404
