"""Who may use each route: each name by each of the people of `tests/test_routes.py`. A new route needs a line here.

"yes" is any answer but 401, 403, 404 and a crash.
"""

from __future__ import annotations

from typing import Any

# Lina's work in TDT4100 is what every address names. Frode works beside her, Una in another course. Ingrid instructs
# TDT4100, Stig TMA4100, and Stig coordinates another cohort. Kari coordinates this one. Astrid does all that staff can
# in the programme course, and administers. The operator came through a one-time link; the placer is Ingrid, choosing
# what to place in TDT4100.
PEOPLE = ("nobody", "lina", "frode", "una", "ingrid", "stig", "kari", "astrid", "operator", "placer")
COURSES = {"lina": "TDT4100", "frode": "TDT4100", "una": "TMA4100", "ingrid": "TDT4100", "stig": "TMA4100"}

_EVERYONE = "401 yes yes yes yes yes yes yes 403 403"
_LEARNERS = "401 yes yes yes 403 403 403 403 403 403"
_LINA_ALONE = "401 yes 404 404 403 403 403 403 403 403"
# Nobody was asked for anything in her place.
_NOTHING_ARRANGED = "401 403 403 403 403 404 404 404 403 403"
# Coordinators write there, too, but only what they have taken on themselves.
_LINA_OR_WHO_TOOK_IT = "401 yes 404 404 403 404 404 404 403 403"
_INSTRUCTORS = "401 403 403 403 yes yes yes yes 403 403"
_HER_INSTRUCTOR = "401 403 403 403 yes 404 404 404 403 403"
# Lina is a learner of the programme course as well, so its instructors see her line there, but not her other scores.
_HER_INSTRUCTORS = "401 403 403 403 yes 404 yes yes 403 403"
_COORDINATORS = "401 403 403 403 403 yes yes yes 403 403"
_HER_COORDINATORS = "401 403 403 403 403 404 yes yes 403 403"
_LINA_OR_HER_COORDINATORS = "401 yes 404 404 403 404 yes yes 403 403"
# Frode has his own in the same course, Una works elsewhere.
_HER_COURSE = "401 yes yes 404 403 403 403 403 403 403"
# A session that everybody signs up for; Stig coordinates another cohort, and instructors mark those of their courses.
_STAFF_OF_THE_SESSION = "401 403 403 403 404 404 yes yes 403 403"
_MARKING = (
    "register mark send_mark state rest mark_rest confirm paper log screen switch_check_in code reports send_report"
)
_NOTHING_SENT = "401 403 403 403 404 404 404 404 403 403"
_PLANNING = "new create date change series plan_series file read_file take_file template download"
_ADMINISTRATORS = "401 403 403 403 403 403 403 yes yes 403"
_PLACERS = "401 403 403 403 403 403 403 403 403 yes"

# Every module of their programme is to be completed.
_NOTHING_TO_CHOOSE = "401 404 404 404 403 403 403 403 403 403"

# A form without a date.
_NO_DATE_NAMED = "401 404 404 404 403 403 403 403 403 403"

# No question of theirs has any.
_NO_PICTURE = "401 404 404 404 403 403 403 403 403 403"

_AUTHORING = (
    "modules new create module figures set_figures set_language edit save autosave markdown "
    "items arrange preview publishing_page publish versions compare use_version retire swap "
    "imports send sent_file progress decide export export_file"
)

MAY = {
    "home.start": _EVERYONE,
    "home.language": _EVERYONE,
    "home.reading": _EVERYONE,
    "home.topic": _EVERYONE,
    "home.timezone": _EVERYONE,
    "home.module": _LEARNERS,
    "home.training": _LEARNERS,
    "certificates.own": _LEARNERS,
    "certificates.issue": _LEARNERS,
    "certificates.document": _LINA_OR_HER_COORDINATORS,
    "certificates.cohorts": _COORDINATORS,
    "certificates.overview": _HER_COORDINATORS,
    "certificates.person": _HER_COORDINATORS,
    "certificates.reissue": _HER_COORDINATORS,
    "certificates.revoke": _HER_COORDINATORS,
    "course_module.overview": _INSTRUCTORS,
    # Each instructor's own course.
    **{f"course_module.{name}": _INSTRUCTORS for name in ("course", "planning", "plan")},
    **{f"course_module.{name}": _HER_INSTRUCTOR for name in ("date", "change", "off")},
    "course_module.agreement": _INSTRUCTORS,
    "course_module.agree": _INSTRUCTORS,
    # In the others' courses nothing is agreed on.
    "course_module.addition": _HER_INSTRUCTOR,
    "course_module.add": _HER_INSTRUCTOR,
    "course_module.department_evaluation": _HER_INSTRUCTORS,
    "course_module.write_department": _HER_INSTRUCTORS,
    "course_module.save_department": _HER_INSTRUCTORS,
    "course_module.courses": _COORDINATORS,
    "course_module.own": _LEARNERS,
    "course_module.confirm": _HER_COURSE,
    "course_module.own_evaluation": _HER_COURSE,
    "course_module.write_own": _HER_COURSE,
    "course_module.save_own": _HER_COURSE,
    "planning.overview": _COORDINATORS,
    "planning.calling_off": _COORDINATORS,
    "planning.call_off_now": _COORDINATORS,
    **{f"planning.{name}": _HER_COORDINATORS for name in _PLANNING.split()},
    "marking.overview": "401 403 403 403 yes yes yes yes 403 403",
    **{f"marking.{name}": _STAFF_OF_THE_SESSION for name in _MARKING.split()},
    # Nobody shows a code, and nobody has sent a report.
    **{f"marking.{name}": _NOTHING_SENT for name in ("picture", "report", "decide_report")},
    "marking.check_in": _LEARNERS,
    "marking.check_in_now": _LEARNERS,
    "employment.overview": _COORDINATORS,
    "employment.people": _HER_COORDINATORS,
    "employment.unmatched": _HER_COORDINATORS,
    "employment.match": _HER_COORDINATORS,
    "employment.listed": _HER_COORDINATORS,
    "employment.identify": _HER_COORDINATORS,
    "employment.ending": _HER_COORDINATORS,
    "employment.end": _HER_COORDINATORS,
    "employment.lists": _HER_COORDINATORS,
    "employment.send": _HER_COORDINATORS,
    "employment.sent_list": _HER_COORDINATORS,
    "employment.list_progress": _HER_COORDINATORS,
    "employment.decide": _HER_COORDINATORS,
    "equivalence.own": _LEARNERS,
    "equivalence.apply": _LEARNERS,
    "equivalence.withdraw": _LINA_ALONE,
    "equivalence.document": _LINA_OR_HER_COORDINATORS,
    "equivalence.inbox": _COORDINATORS,
    "equivalence.application": _HER_COORDINATORS,
    "equivalence.decide": _HER_COORDINATORS,
    "choices.overview": _COORDINATORS,
    "choices.undecided": _HER_COORDINATORS,
    "choosing.modules": _LEARNERS,
    "choosing.compare": _LEARNERS,
    "choosing.module": _NOTHING_TO_CHOOSE,
    "choosing.choose": _NOTHING_TO_CHOOSE,
    "choosing.leaving": _NOTHING_TO_CHOOSE,
    "choosing.give_up": _NOTHING_TO_CHOOSE,
    "messages.choose": _LEARNERS,
    "attendance.calendar": _LEARNERS,
    "attendance.change_address": _LEARNERS,
    "attendance.dates": _LEARNERS,
    "attendance.choose": _LEARNERS,
    "attendance.leaving": _LEARNERS,
    "attendance.give_up": _NO_DATE_NAMED,
    "attendance.event": _LINA_ALONE,
    "attendance.preparation": _LEARNERS,
    "attendance.prepare": _LEARNERS,
    "attendance.save_preparation_draft": _LEARNERS,
    "quiz.test": _LEARNERS,
    "quiz.start": _LEARNERS,
    "quiz.save": _LINA_ALONE,
    "quiz.submit": _LINA_ALONE,
    "quiz.result": _LINA_ALONE,
    "quiz.picture": _NO_PICTURE,
    "reflection.essay": _LEARNERS,
    "reflection.save_draft": _LEARNERS,
    "reflection.submit": _LEARNERS,
    "peer_review.evaluations": _LEARNERS,
    "peer_review.received": _LEARNERS,
    "peer_review.evaluation": _LINA_OR_WHO_TOOK_IT,
    "peer_review.start": _LINA_ALONE,
    "peer_review.save_draft": _LINA_OR_WHO_TOOK_IT,
    "peer_review.submit": _LINA_OR_WHO_TOOK_IT,
    "peer_review.preview": _LINA_OR_WHO_TOOK_IT,
    "peer_review.resume": _LEARNERS,
    "peer_review.read": _LINA_ALONE,
    "peer_review.feedback": _LINA_ALONE,
    "peer_review.flag": _LINA_ALONE,
    "gradebook.table": _INSTRUCTORS,
    "gradebook.learner": _HER_INSTRUCTORS,
    "gradebook.resend": _HER_INSTRUCTOR,
    "gradebook.roster": _INSTRUCTORS,
    "gradebook.fetch_grades": _INSTRUCTORS,
    "matrix.table": _INSTRUCTORS,
    "matrix.printing": _INSTRUCTORS,
    "matrix.download": _INSTRUCTORS,
    "matrix.person": _HER_INSTRUCTORS,
    "insight.overview": _COORDINATORS,
    "insight.people": _COORDINATORS,
    "item_analysis.overview": _COORDINATORS,
    "item_analysis.question": _COORDINATORS,
    "item_analysis.download": _COORDINATORS,
    "moderation.inbox": _COORDINATORS,
    "moderation.evaluation": _HER_COORDINATORS,
    "moderation.decide": _HER_COORDINATORS,
    "moderation.undo": _HER_COORDINATORS,
    "moderation.bulk": _COORDINATORS,
    "moderation.approve_bulk": _COORDINATORS,
    "moderation.undo_bulk": _NOTHING_ARRANGED,
    "schedule.overview": _COORDINATORS,
    "schedule.dates": _HER_COORDINATORS,
    "schedule.save": _HER_COORDINATORS,
    "schedule.extensions": _HER_COORDINATORS,
    "schedule.extension": _HER_COORDINATORS,
    "schedule.extend": _HER_COORDINATORS,
    "schedule.withdraw": _HER_COORDINATORS,
    "next_term.preparing": _HER_COORDINATORS,
    "next_term.prepare": _HER_COORDINATORS,
    "next_term.opening": _HER_COORDINATORS,
    "next_term.open_now": _HER_COORDINATORS,
    "essays.stream": _COORDINATORS,
    "essays.reading": _HER_COORDINATORS,
    "essays.read": _HER_COORDINATORS,
    "essays.returning": _HER_COORDINATORS,
    "essays.give_back": _HER_COORDINATORS,
    "essays.undo_return": _HER_COORDINATORS,
    "essays.copied": _HER_COORDINATORS,
    "essays.judge": _HER_COORDINATORS,
    "course_essays.overview": _INSTRUCTORS,
    "course_essays.reading": _HER_INSTRUCTORS,
    "course_essays.download_course": _HER_INSTRUCTORS,
    "course_essays.download_cohort": _HER_COORDINATORS,
    "shortages.overview": _COORDINATORS,
    "shortages.shortage": _HER_COORDINATORS,
    "shortages.decide": _HER_COORDINATORS,
    "shortages.undo": _NOTHING_ARRANGED,
    "pools.overview": _COORDINATORS,
    "pools.person": _HER_COORDINATORS,
    "pools.leave": _HER_COORDINATORS,
    "pools.come_back": _HER_COORDINATORS,
    "conflicts.overview": _COORDINATORS,
    "conflicts.choose": _COORDINATORS,
    "conflicts.add": _COORDINATORS,
    "conflicts.lift": _HER_COORDINATORS,
    "conflicts.courses": _COORDINATORS,
    **{f"authoring.{name}": _COORDINATORS for name in _AUTHORING.split()},
    "authoring.picture": "401 403 403 403 403 404 404 404 403 403",
    "placement.picker": _PLACERS,
    "placement.place": _PLACERS,
    "administration.leave": "401 403 403 403 403 403 403 403 yes 403",
    "administration.platforms": _ADMINISTRATORS,
    "administration.platform": _ADMINISTRATORS,
    "administration.approve": _ADMINISTRATORS,
    "administration.close": _ADMINISTRATORS,
    "administration.edit": _ADMINISTRATORS,
    "administration.change": _ADMINISTRATORS,
    "administration.trust": _ADMINISTRATORS,
    "administration.removal": _ADMINISTRATORS,
    "administration.remove": _ADMINISTRATORS,
    "administration.test": _ADMINISTRATORS,
    "administration.connect": _ADMINISTRATORS,
    "administration.guide": _ADMINISTRATORS,
    "administration.add": _ADMINISTRATORS,
    "administration.invited": _ADMINISTRATORS,
    "administration.invite": _ADMINISTRATORS,
    "administration.revoke_invitation": _ADMINISTRATORS,
    "administration.administrators": _ADMINISTRATORS,
    "administration.name": _ADMINISTRATORS,
    "administration.revoke": _ADMINISTRATORS,
}
# What a page's script sends there.
SCRIPTS: dict[str, Any] = {
    "home.timezone": {"timezone": "Europe/Oslo"},
    "quiz.save": {"question": "q1", "chosen": ["a"]},
    "reflection.save_draft": {"text": "", "version": 0},
    "peer_review.save_draft": {"criteria": {}, "overall": "", "version": 1},
    "authoring.autosave": {"fields": {}, "version": 0},
    # Not the page's own, which is found out only after the right to it.
    "marking.send_mark": {},
    "attendance.save_preparation_draft": {"answers": [""], "version": 0},
    "course_module.save_department": {"outcomes": {}, "development": "", "works": "", "change": "", "version": 0},
    "course_module.save_own": {"outcomes": {}, "development": "", "works": "", "change": "", "version": 0},
}
PUBLIC = {
    "static",
    "bootstrap.static",
    "health.front_door",
    "health.healthz",
    "lti.login",
    "lti.launch",
    "lti.jwks",
    "lti.cookie",
    "lti.canvas",
    "administration.entrance",
    "administration.enter",
    "registration.show",
    "registration.register",
    "certificates.verify",
    "scanning.scan",
    "attendance.feed",
    "messages.stop",
    "messages.stop_now",
}
