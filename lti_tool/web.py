"""What every response shares: languages, form protection, security headers, sizes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, current_app, g, has_request_context, request, url_for
from flask_babel import Babel, get_locale
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug import Response
from werkzeug.middleware.proxy_fix import ProxyFix

from lti_tool.moments import init_moments
from lti_tool.paths import PACKAGE
from lti_tool.people.sessions import PREFIX, VisitSessionInterface
from lti_tool.settings import Settings
from lti_tool.texts import init_texts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LANGUAGES = {"en": "English", "nb": "Norsk bokmål", "nn": "Norsk nynorsk"}
# "no" is either written standard; most who say no more read Bokmål.
_FROM_OUTSIDE = {"nb": "nb", "no": "nb", "nn": "nn"}
# Launches carry a signed token of a few kB and essays at most 500 words.
LARGEST_REQUEST = 256 * 1024

csrf = CSRFProtect()
_babel = Babel()
_bootstrap = Bootstrap5()

# No frame-ancestors: the platform whose page frames us is not known by origin (a Canvas site has its own domain,
# its endpoints another). What a frame could steal clicks for needs a visit cookie partitioned to that platform.
_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def init_web(app: Flask, settings: Settings) -> None:
    app.secret_key = settings.secret_key
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        # Form tokens live as long as the visit they are derived from.
        WTF_CSRF_TIME_LIMIT=None,
        # The strict check reads the Referer header, which our own Referrer-Policy keeps back.
        WTF_CSRF_SSL_STRICT=False,
        BOOTSTRAP_SERVE_LOCAL=True,
        BABEL_DEFAULT_TIMEZONE=settings.timezone,
        BABEL_TRANSLATION_DIRECTORIES=str(PACKAGE / "translations"),
    )
    app.session_interface = VisitSessionInterface(settings.secure)
    csrf.init_app(app)
    _bootstrap.init_app(app)
    _babel.init_app(app, locale_selector=_select_locale, timezone_selector=_select_timezone)
    init_texts(app)
    init_moments(app)
    app.before_request(_refuse_nul)
    app.wsgi_app = _with_headers(app.wsgi_app, settings.secure)  # type: ignore[method-assign, assignment]
    app.jinja_env.globals["static_file"] = static_file
    app.url_value_preprocessor(_take_visit)
    app.url_defaults(_give_visit)
    app.context_processor(_page_values)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _page_values() -> dict[str, Any]:
    """What every template may use; `launch` is the visit, too, but only of somebody behind a resource link."""
    return {"launch": g.get("launch"), "visit": g.get("visit"), "languages": LANGUAGES, "locale": get_locale()}


def supported_locale(wanted: str | None) -> str:
    """The interface language for a locale from outside ("no", "nn-NO", "en_GB"); English for anything unknown."""
    language = (wanted or "").replace("_", "-").split("-")[0].lower()
    return _FROM_OUTSIDE.get(language, "en")


def _select_locale() -> str:
    visit = g.get("visit")
    if visit is not None:
        return str(visit.locale)
    if not has_request_context():
        return "en"
    return supported_locale(request.accept_languages.best_match([*_FROM_OUTSIDE, "en"]))


def _select_timezone() -> str | None:
    """None is the installation's."""
    visit = g.get("visit")
    zone: str | None = g.get("time_zone") or (visit.timezone if visit is not None else None)
    return zone


def _refuse_nul() -> None:
    # No text in PostgreSQL holds a NUL, so nothing has such an address; a query for it would be an error.
    if request.path.startswith(PREFIX) and "\x00" in "".join((request.path, *request.args.values())):
        abort(404)


def _take_visit(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    # The visit has been read from the path by the access check; views need not repeat it.
    if values is not None:
        values.pop("visit", None)


def _give_visit(endpoint: str, values: dict[str, Any]) -> None:
    visit = g.get("visit")
    if visit is not None and current_app.url_map.is_endpoint_expecting(endpoint, "visit"):
        values.setdefault("visit", visit.public_id)


def _with_headers(inner: WSGIApplication, secure: bool) -> WSGIApplication:
    """Every answer with those headers above that it does not set itself, added as they go out: for each of them Flask's
    way costs a look-up.
    """
    always = [*_HEADERS.items(), *([("Strict-Transport-Security", "max-age=31536000")] if secure else [])]
    private = [*always, ("Cache-Control", "no-store")]

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        kept = environ.get("PATH_INFO", "").startswith((PREFIX, "/lti/"))

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            own = {name.lower() for name, _value in headers}
            added = always if not kept or "cache-control" in own else private
            return start_response(status, [*headers, *(one for one in added if one[0].lower() not in own)], *rest)

        return inner(environ, start)

    return application


def allow_frames(page: Response, origins: Sequence[str]) -> None:
    """Let the page show these hosts, and no others, in a frame; no host changes nothing."""
    if origins:
        page.headers["Content-Security-Policy"] = f"{_POLICY}; frame-src {' '.join(origins)}"


def static_file(name: str) -> str:
    """The address of a file of ours, built once: it is the same in every answer."""
    if name not in _static_files:
        _static_files[name] = url_for("static", filename=name)
    return _static_files[name]


_static_files: dict[str, str] = {}
