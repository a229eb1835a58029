"""One row a category; marks that would touch become one with a count; ranges are bars."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from dashboard.models.event import Event, Origin
from dashboard.presentation.charts.timeline import (
    CLUSTER_MARKER_SIZE,
    MARKER_SIZE,
    build_category_axis,
    build_marker_trace,
    build_range_traces,
    build_weekly_counts,
    cluster_events,
    list_used_styles,
)
from dashboard.presentation.palette import LIGHT_PALETTE

START = date(2024, 1, 1)


def event(day, category="sanctions", **more):
    when = START + timedelta(days=day)
    return Event(id=f"{category}-{day}-{len(more)}", day=when, title="T", category=category, **more)


def test_only_categories_with_events_get_a_row_notes_on_top():
    note = event(3, "energy", origin=Origin.NOTE)
    rows = list_used_styles([event(1, "domestic"), event(2, "sanctions"), note])
    assert [style.title for style in rows] == ["Your notes", "Sanctions", "Domestic"]
    assert build_category_axis(rows, short=False)["tickvals"] == [2, 1, 0]


def test_events_far_apart_keep_a_mark_each():
    markers = cluster_events([event(0), event(30), event(60)], pixels_a_day=1)
    assert [len(marker.events) for marker in markers] == [1, 1, 1]


def test_events_closer_than_six_pixels_become_one_mark():
    markers = cluster_events([event(0), event(5), event(40)], pixels_a_day=1)
    assert [len(marker.events) for marker in markers] == [2, 1]


def test_a_cluster_stands_on_the_day_of_one_of_its_events():
    (marker,) = cluster_events([event(0), event(2), event(4)], pixels_a_day=1)
    assert marker.day == START + timedelta(days=2)


@pytest.mark.parametrize("pixels_a_day", [0.05, 0.3, 1.6, 10])
def test_no_two_marks_of_a_lane_touch(pixels_a_day):
    events = [event(7 * k * k % 900) for k in range(60)]
    markers = cluster_events({e.id: e for e in events}.values(), pixels_a_day)
    sizes = [MARKER_SIZE if len(m.events) == 1 else CLUSTER_MARKER_SIZE for m in markers]
    for (left, right), (a, b) in zip(pairwise(markers), pairwise(sizes), strict=True):
        assert (right.day - left.day).days * pixels_a_day >= (a + b) / 2
    assert sum(len(m.events) for m in markers) == len({e.id for e in events})


def test_categories_never_share_a_mark():
    markers = cluster_events([event(0, "sanctions"), event(0, "energy")], pixels_a_day=1)
    assert [(m.style.id, len(m.events)) for m in markers] == [("sanctions", 1), ("energy", 1)]


def test_on_a_phone_events_of_all_categories_share_a_row():
    events = [event(0, "sanctions"), event(1, "energy"), event(60, "energy")]
    markers = cluster_events(events, 1, together=True)
    trace = build_marker_trace(markers, ())
    assert trace["text"] == ["2", ""]
    assert trace["y"] == [0, 0]
    assert trace["marker"]["symbol"] == ["circle", "diamond"]


def test_all_lanes_are_one_trace_so_that_a_click_anywhere_finds_the_nearest():
    events = [event(0, "sanctions"), event(50, "energy"), event(51, "energy")]
    trace = build_marker_trace(cluster_events(events, 1), list_used_styles(events))
    assert trace["x"] == ["2024-01-01", "2024-02-21"]
    assert trace["marker"]["symbol"] == ["x", "circle"]
    assert trace["text"] == ["", "2"]
    assert trace["hovertemplate"] == "%{customdata}<extra></extra>"


def test_a_tooltip_lists_five_events_and_counts_the_others():
    events = [event(0, "energy", actor=str(k)) for k in range(9)]
    events = [
        Event(id=str(k), day=e.day, title="T " * 90, category=e.category)
        for k, e in enumerate(events)
    ]
    trace = build_marker_trace(cluster_events(events, 1), list_used_styles(events))
    assert trace["customdata"][0].count("<br>") == 6
    assert trace["customdata"][0].endswith("+4 more")


def test_a_title_with_markup_is_shown_as_text():
    hostile = Event(id="h", day=START, title="<a href='http://x'>%{y}$x$</a>", category="energy")
    text = build_marker_trace(cluster_events([hostile], 1), list_used_styles([hostile]))[
        "customdata"
    ][0]
    assert "<a" not in text
    assert "%{" not in text
    assert "$" not in text


def test_an_event_that_lasts_is_a_bar_cut_at_the_window():
    lasting = event(0, "energy", end_day=START + timedelta(days=40))
    (bar,) = build_range_traces(
        [lasting, event(3, "energy")], list_used_styles([lasting]), date(2024, 1, 31)
    )
    assert bar["x"] == ["2024-01-01", "2024-01-31", None]
    assert bar["line"]["width"] >= 4


def test_a_crowd_is_counted_by_week():
    # 1 January 2024 is a Monday: days 0-6 are one week, day 7 the next
    trace = build_weekly_counts([event(0), event(6), event(7)], LIGHT_PALETTE)
    assert trace["x"] == ["2024-01-01", "2024-01-08"]
    assert trace["y"] == [2, 1]
