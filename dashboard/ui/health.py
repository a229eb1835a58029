"""The health line: what a watchdog may know about this process."""

from __future__ import annotations

from typing import Any

from dashboard.services.report_status import report_status, status_json
from dashboard.ui import session


def health_report() -> tuple[bool, dict[str, Any]]:
    """Whether all parts answer, and how old each of them is."""
    parts = session.parts()
    status = report_status(parts.rates, parts.catalogue, parts.notes)
    return status.is_healthy, status_json(status)
