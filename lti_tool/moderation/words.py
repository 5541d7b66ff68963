"""The reasons of a doubt in the words of the page."""

from __future__ import annotations

from flask_babel import format_percent

from lti_tool.moderation.doubt import Figures, Reason, reasons, seconds_to_write
from lti_tool.programme.content import EvaluationForm
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext

# From so many minutes on nobody counts the seconds.
_ROUND_FROM = 5


def explained(figures: Figures, form: EvaluationForm | None) -> list[str]:
    """A sentence for each reason, the weightiest first; `form` is the evaluation's, in the reader's language."""
    return [_sentence(reason, figures, form) for reason in reasons(figures)]


def _sentence(reason: Reason, figures: Figures, form: EvaluationForm | None) -> str:
    match reason:
        case Reason.FLAGGED:
            return _("Flagged by the author")
        case Reason.NOT_USEFUL:
            return _("Not useful, says the author")
        case Reason.COPIED:
            return _("%(share)s as in another evaluation", share=format_percent(figures.copied_share or 0))
        case Reason.GAP:
            return _gap(figures, form)
        case Reason.FAST:
            return _fast(figures)
        case _:
            return _wording(reason, figures)


def _gap(figures: Figures, form: EvaluationForm | None) -> str:
    titles = {criterion.key: criterion.title for criterion in form.criteria} if form else {}
    return ngettext(
        "Differs by %(num)s level on “%(criterion)s”",
        "Differs by %(num)s levels on “%(criterion)s”",
        figures.gap or 0,
        criterion=titles.get(figures.gap_on or "", figures.gap_on),
    )


def _wording(reason: Reason, figures: Figures) -> str:
    words = figures.words
    if reason is Reason.REPEATED:
        return _(
            "Repeats itself: %(words)s words, %(distinct)s different", words=words, distinct=figures.distinct_words
        )
    return _("Short: %(words)s words, at least %(min)s are asked for", words=words, min=figures.words_min)


def _fast(figures: Figures) -> str:
    taken, reading = time_text(figures.seconds), figures.seconds_needed - seconds_to_write(figures.words)
    if figures.seconds < reading:
        return _("Written in %(time)s; reading alone takes about %(needed)s", time=taken, needed=time_text(reading))
    needed = time_text(figures.seconds_needed)
    return _("Written in %(time)s; reading and writing take about %(needed)s", time=taken, needed=needed)


def time_text(seconds: int) -> str:
    """Such as "1 min 40 s" or "7 min"."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return _("%(seconds)s s", seconds=rest)
    if minutes < _ROUND_FROM and rest:
        return _("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=rest)
    return _("%(minutes)s min", minutes=round(seconds / 60))
