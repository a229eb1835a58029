"""The health line: what a watchdog may know about this process."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard.services.report_rates import report_rates
from dashboard.services.report_status import report_status, status_json
from dashboard.ui import session


def health_report() -> tuple[bool, dict[str, Any]]:
    """Whether all parts answer, and how old each of them is."""
    parts = session.parts()
    status = replace(
        report_status(parts.rates, parts.catalogue, parts.notes),
        rates=report_rates(parts.known, parts.memory, session.present()),
        refresh=None if parts.refresher.is_offline else parts.refresher.state(),
    )
    return status.is_healthy, status_json(status)
