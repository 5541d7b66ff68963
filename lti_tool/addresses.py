"""Addresses made from others."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


def way_back(wanted: str, prefix: str, notice: str) -> str:
    """`wanted` (a path with query, from a form) with the notice added, or `prefix` where it leads out of the visit."""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return f"{prefix}?notice={notice}"
    # Only the path is ever used, so that a host in front of it leads nowhere else.
    inside = parts.path.startswith(prefix) and ".." not in parts.path and "\\" not in parts.path
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "notice"] if inside else []
    return f"{parts.path if inside else prefix}?{urlencode([*kept, ('notice', notice)])}"


def with_query(url: str, **values: str) -> str:
    """`url` with `values` behind the query that it may have already."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(values))))))
