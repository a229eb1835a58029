"""The window figure of bars: Moscow time along x, sessions and weekends not by colour alone."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from dashboard.presentation.charts.event_window import (
    EventWindowChart,
    build_window_figure,
    find_weekend_offsets,
    select_tick_offsets,
    summarize_window,
)
from dashboard.presentation.palette import LIGHT_PALETTE
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.study import build_event_view
from dashboard.services.study_inputs import default_request
from tests.made_bars import begins_of, event_on, made_bars, working_days

DAYS = [*working_days("2025-06-02", 15), "2025-06-21", "2025-06-23", "2025-06-24"]
MINUTES = begins_of(working_days("2025-06-18", 3), minutes=10)


def chart(event=None, window="-2h:6h", begins=None, minutes=60, **more):
    begins = begins or begins_of(DAYS)
    series = made_bars([80 + 0.1 * (k % 2) for k in range(len(begins))], begins, minutes,
                       move_sign=-1)  # fmt: skip
    event = event or event_on("2025-06-18", "12:20")
    view = build_event_view(series, event, [event], default_request(minutes, window))
    return EventWindowChart(
        view, QuotedSeries(view.card, QuoteMode.WEAKER), "Title", "Subtitle", **more
    )


def layout_of(built):
    return built["layout"]


def texts_of(built):
    return [note["text"] for note in built["layout"]["annotations"]]


@pytest.mark.parametrize("more", [{}, {"phone": True}, {"dark": True}])
def test_plotly_takes_every_form_of_it(more):
    go.Figure(**build_window_figure(chart(event_on("2025-06-20", "21:40"), **more), LIGHT_PALETTE))


def test_the_axis_names_the_ends_of_bars_in_moscow_time_and_the_hours_in_words():
    built = build_window_figure(chart(), LIGHT_PALETTE)
    axis = layout_of(built)["xaxis"]
    # 12:20 lies in the bar to 13:00; two bars before it ends 11:00.
    assert axis["tickvals"] == list(range(-2, 7))
    assert axis["ticktext"][0] == "<b>11:00</b><br>2 h before<br>Wed 18 Jun"
    assert axis["ticktext"][2] == "<b>13:00</b><br>first bar"
    assert axis["ticktext"][8] == "<b>19:00</b><br>6 h after"
    assert "Moscow time" in texts_of(built)
    assert "2 hours before to 6 hours after" in summarize_window(chart())


def test_a_new_session_is_a_dashed_line_with_its_name():
    built = build_window_figure(chart(event_on("2025-06-18", "17:20")), LIGHT_PALETTE)
    # bars to 16:00 … 19:00 of Wednesday, then Thursday's: the break lies after offset 1
    dashed = [s for s in layout_of(built)["shapes"] if s["line"].get("dash") == "dash"]
    assert [shape["x0"] for shape in dashed] == [1.5]
    assert "new session, Thu" in texts_of(built)
    assert "weekend session" not in texts_of(built)


def test_a_weekend_session_has_a_band_a_name_and_marks_of_its_own():
    drawn = chart(event_on("2025-06-20", "21:40"))
    built = build_window_figure(drawn, LIGHT_PALETTE)
    assert find_weekend_offsets(drawn.view.path) == [(0, 6)]
    bands = [s for s in layout_of(built)["shapes"] if s["type"] == "rect"]
    assert [(s["x0"], s["x1"]) for s in bands] == [(-0.5, 6.5)]
    assert "weekend session" in texts_of(built)
    line = next(t for t in built["data"] if t["mode"] == "lines+markers")
    assert line["marker"]["symbol"] == ["circle"] * 2 + ["diamond-open"] * 7
    assert "(new session, weekend session)" in line["customdata"][2]
    assert "Sat 21 Jun 2025, 10:00–11:00 MSK" in line["customdata"][2]


def test_missing_bars_are_a_dotted_line_with_its_name():
    begins = [b for b in begins_of(DAYS) if b.isoformat()[:13] != "2025-06-18T14"]
    built = build_window_figure(chart(begins=begins), LIGHT_PALETTE)
    assert "bars missing" in texts_of(built)
    dotted = [s for s in layout_of(built)["shapes"] if s["line"].get("dash") == "dot"]
    assert [shape["x0"] for shape in dotted] == [1.5, -0.5]  # the gap, and the event


def test_minutes_are_named_by_round_times():
    view = chart(event_on("2025-06-20", "14:00"), "-30m:90m", MINUTES, 10).view
    assert select_tick_offsets(view, 8) == [-2, 0, 2, 4, 6, 8]
    assert select_tick_offsets(view, 4) == [-3, 0, 3, 6, 9]
