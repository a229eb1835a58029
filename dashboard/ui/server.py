"""The warm-up of the pages at the start of the server, and the health report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import plotly.io
import plotly.tools

from dashboard.presentation.charts.explore import build_explore_figure
from dashboard.presentation.charts.timeline import ExploreChart
from dashboard.presentation.palette import LIGHT_PALETTE
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.health import check_health, health_json
from dashboard.services.live_rates import series_status
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.ui import session, shell  # noqa: F401 - the shell imports every page
from dashboard.ui.components.view_controls import compute_limits, resolve_window


def warm_up_pages() -> None:
    """Import the pages, read rates and events, and build the first figure of Explore."""
    series, known = session.load_series(DEFAULT_SERIES), session.get_known_events().events
    shown = resolve_window(None, None, compute_limits(series, known, session.get_view_day()))
    events = tuple(e for e in known if shown.since <= e.day <= shown.until)
    quoting = QuotedSeries(series.card, QuoteMode.WEAKER)
    view = ExploreChart(series, quoting, events, shown.since, shown.until, selected=shown.until)
    plotly.io.to_json(go.Figure(**build_explore_figure(view, LIGHT_PALETTE)), validate=False)


def health_report() -> tuple[bool, dict[str, Any]]:
    """Whether all parts answer, and the age of their data."""
    context = session.get_context()
    status = replace(
        check_health(context.rates, context.catalogue, context.notes.for_user("")),
        rates=series_status(context.known, context.rate_cache, session.get_wall_time()),
        refresh=None if context.refresher.is_offline else context.refresher.state(),
    )
    return status.is_healthy, health_json(status)
