"""What is in the tool's database before it is measured."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.platform import CLIENT_ID, DEPLOYMENT_ID, ISSUER
from lti_tool import create_app
from lti_tool.database import db, now
from lti_tool.lti.actions import NewPlatform, add_platform
from lti_tool.modules.queries import standing_of
from lti_tool.people.models import Person
from lti_tool.programme.actions import load_programme
from lti_tool.programme.pack import read_pack
from lti_tool.programme.queries import CurrentModule, current_module
from lti_tool.quiz.actions import save_answers, start_attempt, submit_attempt
from lti_tool.quiz.queries import open_attempt, solutions_of
from lti_tool.reflection.actions import submit_essay
from lti_tool.settings import Settings

MODULE = "om1"


def add_platform_and_programme(settings: Settings, keys_url: str) -> None:
    app = create_app(settings)
    with app.app_context():
        load_programme(db.session, read_pack("laos"), now().date())
        # Development, because only there may keys come over plain http.
        add_platform(db.session, _registration(keys_url), development=True)
        db.session.commit()
        db.engine.dispose()


def let_half_of_them_work(settings: Settings) -> None:
    """Every second person passes the test and submits an essay, which places them in the pool."""
    app = create_app(settings)
    with app.app_context():
        module = current_module(db.session, MODULE)
        for person_id in db.session.scalars(select(Person.id).where(Person.id % 2 == 0).order_by(Person.id)).all():
            _work(db.session, person_id, module)
            db.session.commit()
        db.engine.dispose()


def _work(session: Session, person_id: int, module: CurrentModule) -> None:
    start_attempt(session, person_id, module)
    attempt = open_attempt(session, standing_of(session, person_id, MODULE).participation_id)
    if attempt is not None:
        save_answers(session, attempt, solutions_of(module.content.text_in("en")))
        submit_attempt(session, attempt, module.content)
    words = module.content.essay_words_min
    submit_essay(session, person_id, module, " ".join(["word"] * words), 0)


def _registration(keys_url: str) -> NewPlatform:
    return NewPlatform(
        name="Bench LMS",
        issuer=ISSUER,
        client_id=CLIENT_ID,
        auth_url=f"{ISSUER}/auth",
        token_url=f"{ISSUER}/token",
        jwks_url=keys_url,
        deployment_ids=(DEPLOYMENT_ID,),
    )
