"""How each learning platform is connected: its own words for what it asks of us and for what it tells us.

Labels are those of the platforms' English pages. Where the paths come from:
Canvas      https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.lti_launch_overview
Blackboard  https://docs.anthology.com/docs/blackboard/lti/1.3/register-an-application and
            https://docs.anthology.com/docs/developer-portal/creating-new-rest-or-lti-application
Moodle      https://moodlelti.theedtech.dev/dynreg/ and mod/lti/templates/tool_type_details of its sources
Brightspace https://community.d2l.com/brightspace/kb/articles/23662-tool-registration-deployment-and-links
Sakai       basiclti/basiclti-tool of its sources (LTIAdminTool), https://github.com/sakaiproject/sakai
Open edX    https://github.com/openedx/xblock-lti-consumer, README and lti_consumer/utils.py
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_tool.texts import lazy_gettext as _l

# Defaults of the form by its fields' names.
Defaults = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be known before addresses can be filled in; `choices` (value, label) instead of free text."""

    label: Any
    hint: Any
    button: Any
    answer: Callable[[str], Defaults | None]
    choices: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """`dynamic` and `manual` are steps; `copied` pairs the platform's labels with names of our values."""

    key: str
    name: Any
    dynamic: tuple[Any, ...]
    manual: tuple[Any, ...]
    copied: tuple[tuple[str, str], ...]
    returned: tuple[Any, ...]
    question: Question | None = None
    # More to be done in the platform once it is registered here.
    last: tuple[Any, ...] = ()


def site_in(text: str) -> str | None:
    """The address of a site as people type it, with its scheme and without a slash at its end; None for no address."""
    text = text.strip()
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
        sound = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    plain = address.isascii() and address.isprintable() and not set(' "<>\\') & set(address)
    bare = not (parts.query or parts.fragment or "@" in parts.netloc)
    return address.rstrip("/") if sound and plain and bare and parts.scheme in ("https", "http") else None


def _canvas(environment: str) -> Defaults | None:
    part = {"production": "", "beta": "beta.", "test": "test."}.get(environment)
    if part is None:
        return None
    sso = f"https://sso.{part}canvaslms.com"
    return {
        "issuer": f"https://canvas.{part}instructure.com",
        "auth_url": f"{sso}/api/lti/authorize_redirect",
        "token_url": f"{sso}/login/oauth2/token",
        "jwks_url": f"{sso}/api/lti/security/jwks",
    }


def _blackboard(application_id: str) -> Defaults | None:
    if not application_id.isascii() or not application_id.replace("-", "").isalnum():
        return None
    portal = "https://developer.blackboard.com/api/v1"
    return {
        "issuer": "https://blackboard.com",
        "client_id": application_id,
        "auth_url": f"{portal}/gateway/oidcauth",
        "token_url": f"{portal}/gateway/oauth2/jwttoken",
        "jwks_url": f"{portal}/management/applications/{application_id}/jwks.json",
    }


def _of_site(paths: Mapping[str, str], elsewhere: Defaults | None = None) -> Callable[[str], Defaults | None]:
    """Addresses below that of the site, which is the issuer, and such as are the same for every site."""

    def answer(text: str) -> Defaults | None:
        site = site_in(text)
        if site is None:
            return None
        return {"issuer": site, **{name: site + path for name, path in paths.items()}, **(elsewhere or {})}

    return answer


def _site_question(example: str, answer: Callable[[str], Defaults | None]) -> Question:
    return Question(
        _l("Address of the platform"),
        _l("What the browser's address bar shows on its front page, such as %(example)s", example=example),
        _l("Fill the addresses in"),
        answer,
    )


_REGISTER_HERE = _l("Follow the pages that open; at the end they say what is still to be done.")
_APPROVE = _l("Come back here after the first launch: if it asks for approval, approve the installation.")

CANVAS = Guide(
    "canvas",
    "Canvas",
    dynamic=(
        _l("In Canvas, open Admin, your account, then Apps, and the tab Manage."),
        _l("Choose “Install a New App”, then “LTI 1.3” and “Dynamic Registration”, and paste the address."),
        _l("Check what is asked for, and let the key be switched on."),
        _REGISTER_HERE,
    ),
    manual=(
        _l("In Canvas, open Admin, your account, then Developer Keys, and add an LTI key."),
        _l("Choose the method “Enter URL”, and copy these values in."),
        _l("Save, and switch the key's state to “On”."),
        _l("Open Settings, Apps, add an app by client ID, and enter the key's number."),
    ),
    copied=(("Key Name", "title"), ("Redirect URIs", "launch"), ("JSON URL", "canvas_json")),
    returned=(
        _l("The client ID is the long number under “Details” in the list of developer keys."),
        _l("The deployment ID is behind the gear wheel of the app in Settings, Apps."),
    ),
    question=Question(
        _l("Which Canvas?"),
        _l("Test and beta have addresses of their own. If you host Canvas yourself, change them below."),
        _l("Fill the addresses in"),
        _canvas,
        (("production", _l("The one that is in use")), ("beta", "Beta"), ("test", "Test")),
    ),
    last=(_l("Names are shown to instructors only if the key's privacy level is “public” or “name only”."),),
)

BLACKBOARD = Guide(
    "blackboard",
    "Blackboard",
    dynamic=(
        _l("Sign in at developer.anthology.com, where a tool is registered once for all Blackboard sites."),
        _l("Choose “LTI Dynamic Registration”, and paste the address."),
        _REGISTER_HERE,
        _l("In Blackboard, open Admin, LTI Tool Providers, and register an LTI 1.3 tool by its application ID."),
    ),
    manual=(
        _l("Sign in at developer.anthology.com, and register a REST or LTI application."),
        _l("Switch “My integration supports LTI 1.3” on, and copy these values in."),
        _l("In Blackboard, open Admin, LTI Tool Providers, and register an LTI 1.3 tool by its application ID."),
        _l("Set the tool to “Approved”, allow grade service and membership service, and send role and name."),
    ),
    copied=(
        ("Application Name", "title"),
        ("Description", "description"),
        ("Domain(s)", "domain"),
        ("Login Initiation URL", "login"),
        ("Tool Redirect URL(s)", "launch"),
        ("Tool JWKS URL", "jwks"),
        ("Signing Algorithm", "algorithm"),
    ),
    returned=(
        _l("The portal shows the application ID, which is the client ID, and the addresses."),
        _l("The deployment ID is on the tool's page in LTI Tool Providers; each site has its own."),
    ),
    question=Question(
        _l("Application ID"),
        _l("As the portal shows it; it is a part of one of the addresses."),
        _l("Fill the addresses in"),
        _blackboard,
    ),
    last=(_l("Under “Manage Placements”, add a “Deep Linking content tool” whose target link is the tool's address."),),
)

MOODLE = Guide(
    "moodle",
    "Moodle",
    dynamic=(
        _l("In Moodle, open Site administration, Plugins, Activity modules, External tool, Manage tools."),
        _l("Paste the address into “Tool URL”, and choose “Add LTI Advantage”."),
        _REGISTER_HERE,
        _l("Back on the page of tools, activate the new one: it waits there as pending."),
    ),
    manual=(
        _l("In Moodle, open Site administration, Plugins, Activity modules, External tool, Manage tools."),
        _l("Choose “configure a tool manually”, and copy these values in."),
        _l("Under Services, let grades be synchronised with column management, and let members be read."),
        _l("Under Privacy, let the launcher's name be shared. Save."),
    ),
    copied=(
        ("Tool name", "title"),
        ("Tool URL", "launch"),
        ("LTI version", "version"),
        ("Public key type", "keyset"),
        ("Public keyset", "jwks"),
        ("Initiate login URL", "login"),
        ("Redirection URI(s)", "launch"),
        ("Content Selection URL", "launch"),
    ),
    returned=(
        _l("The magnifying glass on the new tool shows its configuration details: all that is asked for below."),
    ),
    question=_site_question(
        "https://moodle.example.edu",
        _of_site(
            {"auth_url": "/mod/lti/auth.php", "token_url": "/mod/lti/token.php", "jwks_url": "/mod/lti/certs.php"}
        ),
    ),
    last=(_l("Switch “Supports Deep Linking” on, so that teachers can choose what to place."),),
)

BRIGHTSPACE = Guide(
    "desire2learn",
    "Brightspace",
    dynamic=(
        _l("In Brightspace, open Admin Tools, Manage Extensibility, LTI Advantage, and register a tool."),
        _l("Choose “Dynamic”, paste the address as the registration endpoint, and let a deployment be configured."),
        _REGISTER_HERE,
        _l("Enable the new tool, which begins disabled, and check in its deployment which courses may use it."),
    ),
    manual=(
        _l("In Brightspace, open Admin Tools, Manage Extensibility, LTI Advantage, and register a tool."),
        _l("Choose “Standard”, and copy these values in."),
        _l("Switch on Assignment and Grade Services, Deep Linking, and Names and Role Provisioning Services."),
        _l("Register, then add a deployment under “View Deployments”, and share names there."),
    ),
    copied=(
        ("Name", "title"),
        ("Domain", "origin"),
        ("Redirect URLs", "launch"),
        ("OpenID Connect Login URL", "login"),
        ("Target Link URI", "launch"),
        ("Keyset URL", "jwks"),
    ),
    returned=(
        _l("Brightspace shows what is asked for below once the tool is registered."),
        _l("The deployment ID is shown in “View Deployments”."),
    ),
    question=_site_question(
        "https://learn.example.edu",
        _of_site(
            {"auth_url": "/d2l/lti/authenticate", "jwks_url": "/d2l/.well-known/jwks"},
            {
                "token_url": "https://auth.brightspace.com/core/connect/token",
                "token_audience": "https://api.brightspace.com/auth/token",
            },
        ),
    ),
)

SAKAI = Guide(
    "sakai",
    "Sakai",
    dynamic=(
        _l("In Sakai, open Administration Workspace, External Tools."),
        _l("Choose “LTI Advantage Auto Provision”, give a title, and paste the address for dynamic registration."),
        _REGISTER_HERE,
        _l("Back in Sakai, check the new tool, and let it be launched in sites."),
    ),
    manual=(
        _l("In Sakai, open Administration Workspace, External Tools, and install an LTI 1.3 tool."),
        _l("Copy these values in, and save."),
        _l("Let names be sent, and allow grading, the roster and deep linking."),
    ),
    copied=(
        ("Tool Title", "title"),
        ("Launch URL", "launch"),
        ("LTI 1.3 Tool Keyset URL", "jwks"),
        ("LTI 1.3 Tool OpenID Connect/Initialization Endpoint", "login"),
        ("LTI 1.3 Tool Redirect Endpoint(s)", "launch"),
    ),
    returned=(
        _l("The page of the new tool shows what is asked for below."),
        _l("The access token URL ends with the tool's number. The deployment ID is 1."),
    ),
    question=_site_question(
        "https://sakai.example.edu",
        _of_site({"auth_url": "/imsoidc/lti13/oidc_auth", "jwks_url": "/imsblis/lti13/keyset"}),
    ),
)

OPEN_EDX = Guide(
    "openedx",
    "Open edX",
    dynamic=(),
    manual=(
        _l("In Studio, open the course's Settings, Advanced Settings, and add “lti_consumer” to the advanced modules."),
        _l("Add an advanced component “LTI Consumer”, edit it, and copy these values in."),
        _l("Allow the tool to submit grades, and switch deep linking on. Save."),
    ),
    copied=(
        ("LTI Version", "version"),
        ("Tool Launch URL", "launch"),
        ("Registered Redirect URIs", "launch"),
        ("Tool Initiate Login URL", "login"),
        ("Tool Public Key Mode", "keyset"),
        ("Tool Keyset URL", "jwks"),
        ("Deep Linking Launch URL", "launch"),
    ),
    returned=(
        _l("Studio shows client ID, key set URL and access token URL below the component once it is saved."),
        _l("The issuer is the address of the LMS, the deployment ID is 1. Each component has a client ID of its own."),
    ),
    question=_site_question("https://courses.example.edu", _of_site({"auth_url": "/api/lti_consumer/v1/launch/"})),
)

OTHER = Guide(
    "other",
    _l("Another platform"),
    dynamic=(
        _l("Look in the platform's administration for LTI 1.3 or LTI Advantage, and for “dynamic registration”."),
        _l("Paste the address there."),
        _REGISTER_HERE,
    ),
    manual=(
        _l("Look in the platform's administration for LTI 1.3 or LTI Advantage, and add a tool."),
        _l("Copy these values in; the names differ a little from platform to platform."),
    ),
    copied=(
        ("Tool name", "title"),
        ("Login initiation URL (OIDC)", "login"),
        ("Redirect URI", "launch"),
        ("Target link URI", "launch"),
        ("Public keyset URL (JWKS)", "jwks"),
        ("Deep linking URL", "launch"),
    ),
    returned=(_l("The platform shows what is asked for below once the tool is registered."),),
)

GUIDES = {guide.key: guide for guide in (CANVAS, BLACKBOARD, MOODLE, BRIGHTSPACE, SAKAI, OPEN_EDX, OTHER)}
APPROVE = _APPROVE


def our_values(base_url: str, title: str, description: str) -> dict[str, str]:
    """What platforms ask of us, by the names that `Guide.copied` uses."""
    host = urlsplit(base_url).netloc
    return {
        "title": title,
        "description": description,
        "origin": base_url,
        "domain": host,
        "login": f"{base_url}/lti/login",
        "launch": f"{base_url}/lti/launch",
        "jwks": f"{base_url}/lti/jwks",
        "canvas_json": f"{base_url}/lti/config/canvas.json",
        "algorithm": "RS256",
        "version": "LTI 1.3",
        "keyset": "Keyset URL",
    }
