"""The log: one JSON object a line on standard error. It names no person; a reference id leads from page to line."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

# What every record has; anything else came in with `extra=`.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
# PostgreSQL explains some errors with the whole row, names and essays among it.
_ROW = re.compile(
    r"^(DETAIL:).*?(?=^\[SQL|^The above exception|^During handling|^Traceback|\Z)", re.DOTALL | re.MULTILINE
)


_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            entry["exception"] = _ROW.sub(r"\1 (left out)", self.formatException(record.exc_info))
        return _encode(entry)


def configure_logging(level: str) -> None:
    """Send every logger's records of at least `level` ("INFO") to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
