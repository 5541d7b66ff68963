"""Storage in the browser for tools whose cookies it keeps back: where they find it, and the pages that hold it.

https://www.imsglobal.org/spec/lti-pm-s/v0p1
"""

from flask import Blueprint, render_template

from lti_tool.demo_lms.behaviour import Behaviour
from lti_tool.demo_lms.state import behaviour
from lti_tool.demo_lms.tools import active_tools, origins_of

blueprint = Blueprint("storage", __name__)

FRAME = "lti_storage"


def storage_target(behaviour: Behaviour) -> dict[str, str]:
    """What the initiation of a login says of it: the name of the frame to ask, and nothing where there is none."""
    targets = {"frame": FRAME, "parent": "_parent"}
    return {"lti_storage_target": targets[behaviour.storage]} if behaviour.storage in targets else {}


@blueprint.app_context_processor
def _for_frames() -> dict[str, object]:
    return {"behaviour": behaviour(), "storage_frame": FRAME, "tool_origins": origins_of(active_tools())}


@blueprint.get("/lti-storage")
def frame() -> str:
    return render_template("demo_lms/storage.html")


@blueprint.get("/lti-stranger")
def stranger() -> str:
    return render_template("demo_lms/stranger.html")
