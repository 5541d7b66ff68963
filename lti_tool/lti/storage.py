"""The proof of the browser, kept by the platform's page around ours where a browser keeps our cookies back.

The pages here talk to the platform by script (static/js/platform_storage.js) and always show the other way: a window of
its own. https://www.imsglobal.org/spec/lti-cs-oidc/v0p1
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, url_for

from lti_tool.errors import new_reference
from lti_tool.lti.refusals import OtherBrowser
from lti_tool.lti.state import LoginState, proof_name
from lti_tool.people.sessions import OpenedVisit

log = logging.getLogger(__name__)

PROOF_FIELD = "browser_proof"


@dataclass(frozen=True, slots=True)
class StorageFrame:
    """`target` is a frame's name or "_parent", `origin` the only one that may read what it is told."""

    target: str
    origin: str
    key: str


def storage_frame(target: str, auth_url: str, state: str) -> StorageFrame:
    parts = urlsplit(auth_url)
    return StorageFrame(target, f"{parts.scheme}://{parts.netloc}", proof_name(state))


class ProofKept(OtherBrowser):
    """A verified launch without cookie, whose login had the platform keep the proof: ask before turning it down."""

    status = 200

    def __init__(self, state: LoginState, issuer: str, client_id: str, frame: StorageFrame) -> None:
        super().__init__(state, issuer, client_id)
        self.reason = "browser-asked"
        self.frame = frame


def keeping_page(frame: StorageFrame, proof: str, authorisation: str) -> Response:
    """Has the platform keep the proof and goes on to its authorisation, whatever it answers: the cookie may do."""
    page = render_template("lti/storage_login.html", frame=frame, proof=proof, authorisation=authorisation)
    return make_response(page)


def asking_page(kept: ProofKept, launch: Mapping[str, str]) -> Response:
    """Asks the platform for the proof and posts `launch` again with it. Nothing has been spent or written yet."""
    reference = new_reference()
    log.info("asked", extra={"reference": reference, "status": kept.status, "reason": kept.reason})
    fields = {name: launch[name] for name in ("id_token", "state")}
    page = render_template(
        "lti/storage_launch.html", problem=kept, fields=fields, proof_field=PROOF_FIELD, reference=reference
    )
    return make_response(page)


def arriving_page(login_parameters: Mapping[str, str], visit: OpenedVisit, address: str) -> Response:
    """Goes on if the visit's own cookie, which this answer is to carry, comes back from the frame."""
    reference = new_reference()
    log.info("asked", extra={"reference": reference, "status": 200, "reason": "cookie-asked"})
    page = render_template(
        "lti/storage_arrival.html",
        login_parameters=login_parameters,
        address=address,
        probe=url_for("lti.cookie", visit=visit.public_id),
        reference=reference,
    )
    return make_response(page)
