"""Pictures of questions: seen by those who may see the test or write it, and by nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from lti_tool.programme.actions import offer, store_version
from lti_tool.programme.content import ModuleContent
from lti_tool.programme.models import ContentImage, OnlineModule
from tests.cast import Cast, small_module
from tests.exchange.questions import PNG

DIGEST = "a" * 64


@pytest.fixture
def pictured(cast: Cast, session: Session) -> Cast:
    """The module with a picture in its first question."""
    body = small_module().model_dump(mode="json")
    for text in body["languages"].values():
        text["questions"][0]["images"] = [{"digest": DIGEST, "alternative": "A steep curve"}]
    module = session.get_one(OnlineModule, cast.module_id)
    content = ModuleContent.model_validate(body)
    offer(session, module, store_version(session, content, published_by=None, note=""))
    session.add_all(ContentImage(digest=digest, media_type="image/png", data=PNG) for digest in (DIGEST, "b" * 64))
    session.commit()
    return cast


def test_whoever_takes_the_test_sees_its_pictures_in_it_and_in_the_result(pictured: Cast) -> None:
    lina = pictured.visit("lina")
    lina.post("modules/om1/test/attempts")
    address = f"{lina.prefix}modules/om1/test/pictures/{DIGEST}"
    assert f'<img src="{address}" alt="A steep curve">' in lina.get("modules/om1/test").text
    answer = lina.get(f"modules/om1/test/pictures/{DIGEST}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PNG, "image/png")
    lina.post("modules/om1/test/attempts/1", {"action": "submit-anyway"})
    assert address in lina.get("modules/om1/test/attempts/1").text


def test_a_picture_can_do_nothing_but_be_seen(pictured: Cast) -> None:
    headers = pictured.visit("lina").get(f"modules/om1/test/pictures/{DIGEST}").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == "inline"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_who_writes_the_module_sees_them_in_the_preview_and_in_the_figures(pictured: Cast) -> None:
    kari = pictured.visit("kari")
    address = f"{kari.prefix}authoring/om1/pictures/{DIGEST}"
    assert f'<img src="{address}" alt="A steep curve">' in kari.get("authoring/om1/preview/en").text
    assert kari.get(f"authoring/om1/pictures/{DIGEST}").data == PNG


@pytest.mark.parametrize("digest", ["b" * 64, "c" * 64, "%", "a", "A" * 64])
def test_a_picture_of_nothing_in_the_module_is_not_there_for_anybody(pictured: Cast, digest: str) -> None:
    assert pictured.visit("lina").get(f"modules/om1/test/pictures/{digest}").status_code == 404
    assert pictured.visit("kari").get(f"authoring/om1/pictures/{digest}").status_code == 404


def test_others_do_not_see_them(pictured: Cast) -> None:
    assert pictured.visit("ingrid").get(f"authoring/om1/pictures/{DIGEST}").status_code == 403
    assert pictured.visit("lina").get(f"authoring/om1/pictures/{DIGEST}").status_code == 403
    nobody = pictured.visit("lina").without_cookie()
    assert nobody.get(f"modules/om1/test/pictures/{DIGEST}").status_code == 401
