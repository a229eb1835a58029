"""Log lines: what the server writes about itself, one JSON object a line and never two.

A title with line ends, or the text of an error, cannot forge a line: JSON escapes them.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any


class JsonLine(logging.Formatter):
    """A record as one line: when, how bad, where from, what; a fault with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; what an action says of itself is put into it as it is."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        message = record.getMessage()
        told |= _fields(message) if record.name == "dashboard.actions" else {"message": message}
        if record.exc_info:
            told["fault"] = self.formatException(record.exc_info)
        return json.dumps(told)


def log_json_lines() -> None:
    """Write what the program says of itself to standard error, from now on, in such lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLine())
    ours = logging.getLogger("dashboard")
    ours.setLevel(logging.INFO)
    ours.handlers = [handler]
    ours.propagate = False


def _fields(message: str) -> dict[str, Any]:
    try:
        found = json.loads(message)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"message": message}
