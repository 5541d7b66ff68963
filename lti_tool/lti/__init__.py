from flask import Flask

from lti_tool.jobs import Jobs
from lti_tool.lti import rosters
from lti_tool.lti.dynamic_registration.exchange import Exchange
from lti_tool.lti.dynamic_registration.routes import registration
from lti_tool.lti.jobs import forget_expired
from lti_tool.lti.keysets import KeySets
from lti_tool.lti.registrations import RecentRegistrations
from lti_tool.lti.routes import lti


def init_app(app: Flask) -> None:
    app.extensions["platform_keys"] = KeySets()
    app.extensions["recent_registrations"] = RecentRegistrations()
    app.extensions["registration_exchange"] = Exchange()
    app.register_blueprint(lti)
    app.register_blueprint(registration)
    jobs: Jobs = app.extensions["jobs"]
    jobs.every_night(forget_expired)
    rosters.init_app(app)
