"""What the first reader would otherwise wait for: imports, data, and one figure for nobody."""

from __future__ import annotations

import plotly.graph_objects as go
import plotly.io
import plotly.tools

from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.ui import session, shell  # noqa: F401 - the shell brings every page
from dashboard.ui.charts.explore import build_figure
from dashboard.ui.charts.explore_view import ExploreView
from dashboard.ui.palette import LIGHT
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.window import limits, shown_window


def warm_up() -> None:
    """Read the rates and events and draw the figure with which Explore opens."""
    series, known = session.series(DEFAULT_SERIES), session.known_events().events
    shown = shown_window(None, None, limits(series, known, session.today()))
    events = tuple(e for e in known if shown.since <= e.day <= shown.until)
    quoting = Quoting(series.card, Quote.WEAKER)
    view = ExploreView(series, quoting, events, shown.since, shown.until, selected=shown.until)
    plotly.io.to_json(go.Figure(**build_figure(view, LIGHT)), validate=False)
