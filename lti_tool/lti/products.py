"""Which product a platform is, where one needs what the others do not know. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

# One issuer for all of Canvas's customers, and one each for its beta and test installations.
# https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.lti_launch_overview
_CANVAS_HOSTS = frozenset(
    {"canvas.instructure.com", "canvas.beta.instructure.com", "canvas.test.instructure.com"},
)


def is_canvas(issuer: str, product: str | None) -> bool:
    """By what its launches say (`product_family_code`), or by the issuer before any has said it."""
    return product == "canvas" or urlsplit(issuer).hostname in _CANVAS_HOSTS
