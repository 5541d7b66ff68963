"""Ways back that stay within a visit."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit


def way_back(wanted: str, prefix: str, notice: str) -> str:
    """`wanted` (a path with query, from a form) with the notice added, or `prefix` where it leads out of the visit."""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return f"{prefix}?notice={notice}"
    inside = (
        not parts.scheme
        and not parts.netloc
        and parts.path.startswith(prefix)
        and ".." not in parts.path
        and not any(character in wanted for character in "\\\r\n")
    )
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "notice"] if inside else []
    return f"{parts.path if inside else prefix}?{urlencode([*kept, ('notice', notice)])}"
