"""Translated text: Flask-Babel's functions with the types it does not declare. Extraction looks for these names."""

from __future__ import annotations

from gettext import NullTranslations
from typing import Any

import flask_babel
from babel import Locale
from flask import Flask, g, has_app_context, has_request_context
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup


def gettext(message: str, **values: Any) -> str:
    """`message` in the language of the request (or the worker's forced locale), `%(name)s` filled in."""
    text = _catalogue().gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """As `gettext`, choosing the form for `num`, which is also available as `%(num)s`."""
    return _catalogue().ngettext(singular, plural, num) % {"num": num, **values}


def lazy_gettext(message: str, **values: Any) -> Any:
    """Translated when it is shown; for texts made at import, such as form labels."""
    return flask_babel.lazy_gettext(message, **values)


def init_texts(app: Flask) -> None:
    """Let templates translate as code does; comes after Flask-Babel, which brings its own functions."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda message: _catalogue().gettext(message),
        ngettext=lambda singular, plural, num: _catalogue().ngettext(singular, plural, num),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _shown


@pass_eval_context
def _shown(context: EvalContext, message: str, /, **values: Any) -> str:
    """What Jinja makes of `_`, which takes three calls through the page's context for each text."""
    text = _catalogue().gettext(message)
    shown = Markup(text) if context.autoescape else text  # noqa: S704
    return shown % values if values or "%" in text else shown


_catalogues: dict[str, NullTranslations] = {}


def _catalogue() -> NullTranslations:
    # Flask-Babel looks up domain, folder and locale anew for each text, and a page has a hundred of them.
    held: NullTranslations | None = g.get("catalogue") if has_app_context() else None
    return held or _look_up()


def _look_up() -> NullTranslations:
    found = _catalogue_of(flask_babel.get_locale())
    # Once a visit is known its language stays until the answer is out.
    if has_request_context() and "visit" in g:
        g.catalogue = found
    return found


def _catalogue_of(locale: Locale | None) -> NullTranslations:
    if locale is None:
        return _UNTRANSLATED
    found = _catalogues.get(locale.language)
    if found is None:
        found = _catalogues[locale.language] = flask_babel.get_translations()
    return found


_UNTRANSLATED = NullTranslations()
