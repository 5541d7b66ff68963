"""Several workers, people who press the button, and launches, all at once."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.lti.rosters import schedule
from lti_tool.lti.rosters.members import keep_members
from lti_tool.lti.rosters.sync import sync_next
from lti_tool.lti.services.roster import Listing, Member
from lti_tool.people.models import Person, Role
from tests.lti.platform import LearningPlatform
from tests.lti.rosters.conftest import Class
from tests.lti.rosters.stand_in import member
from tests.meeting import meeting


def test_of_two_workers_one_takes_the_course(class_: Class) -> None:
    app = class_.cast.app

    def claim_too() -> bool:
        with app.app_context():
            taken = schedule.claim(db.session) is not None
            db.session.commit()
            return taken

    assert meeting(app, schedule.claim, claim_too) is False


def test_of_a_worker_and_a_person_one_takes_the_course(class_: Class) -> None:
    app, course_id = class_.cast.app, class_.cast.courses["TDT4100"]

    def ask_too() -> bool:
        with app.app_context():
            taken = schedule.claim_course(db.session, course_id) is not None
            db.session.commit()
            return taken

    assert meeting(app, schedule.claim, ask_too) is False


def test_two_workers_take_two_courses(class_: Class) -> None:
    class_.make_due("LAOS")
    app = class_.cast.app

    def claim_too() -> int:
        with app.app_context():
            errand = schedule.claim(db.session)
            db.session.commit()
            return errand.course_id if errand else 0

    assert meeting(app, schedule.claim, claim_too) == class_.cast.courses["LAOS"]


def test_a_launch_waits_for_a_roster_with_the_same_person_and_has_the_last_word(
    class_: Class, lms: LearningPlatform, client: FlaskClient
) -> None:
    errand = schedule.claim(class_.session)
    class_.session.commit()
    assert errand is not None
    listing = Listing([Member("newcomer", "From the roster", Role.LEARNER, active=True)], complete=True)

    def record(session: Session) -> None:
        assert keep_members(session, errand, listing, 60.0)

    def launch() -> int:
        context = {"id": "ctx-TDT4100", "title": "A new title"}
        changes = {"sub": "newcomer", "name": "From the launch", "context": context}
        return lms.launch(client, "Instructor", changes=changes).status_code

    assert meeting(class_.cast.app, record, launch) == 303
    class_.session.expire_all()
    newcomer = class_.membership("newcomer")
    assert (newcomer.role, newcomer.launched) == (Role.INSTRUCTOR, True)
    assert class_.name("newcomer") == "From the launch"


def test_a_roster_that_was_begun_before_a_launch_does_not_undo_it(
    class_: Class, lms: LearningPlatform, client: FlaskClient
) -> None:
    def come() -> None:
        changes = {"sub": "newcomer", "context": {"id": "ctx-TDT4100"}}
        assert lms.launch(client, "Instructor", changes=changes).status_code == 303

    class_.platform.meanwhile = come
    class_.lists_everybody(member("newcomer", "From the roster"))
    class_.sync()
    newcomer = class_.membership("newcomer")
    assert (newcomer.role, newcomer.launched, newcomer.left_at) == (Role.INSTRUCTOR, True, None)
    assert class_.name("newcomer") == "Lina Testperson"


def test_a_name_that_a_launch_tells_meanwhile_is_not_erased_by_a_roster_without_names(class_: Class) -> None:
    app = class_.cast.app
    class_.lists_everybody(member("newcomer"))

    def come(session: Session) -> None:
        session.add(Person(platform_id=class_.cast.platform_id, subject="newcomer", name="From the launch"))
        session.flush()

    def sync() -> bool:
        with app.app_context():
            return sync_next(db.session, class_.fetcher)

    assert meeting(app, come, sync)
    assert "newcomer" in class_.subjects()
    assert class_.name("newcomer") == "From the launch"
