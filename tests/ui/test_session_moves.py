"""One study of every event gives each its moves, its percentile, its crowd, or a reason."""

import math

import streamlit as st

from dashboard.ui import session
from dashboard.ui.session import get_event_moves
from tests.shipped_catalogue import COUNT

KELLOGG = "kellogg-nato-off-table-2025-04-20"


def studied(series_id="usd_rub_cbr"):
    st.cache_resource.clear()
    return get_event_moves(session.load_series(series_id), session.get_known_events())


def test_an_event_has_the_moves_that_the_records_give():
    # Sunday 20 April 2025; base: the record of 04-19, 81.1371; then 80.7597 and 81.4620.
    kellogg = studied()[KELLOGG]
    assert math.isclose(kellogg.first, 100 * math.log(81.1371 / 80.7597), rel_tol=1e-9)
    assert math.isclose(kellogg.both, 100 * math.log(81.1371 / 81.4620), rel_tol=1e-9)
    assert 0 < kellogg.rank_both.percentile < 100
    assert kellogg.rank_first.size == 500
    assert "peskov-nato-satisfaction-2025-04-21" in kellogg.crowd
    assert KELLOGG not in kellogg.crowd
    assert kellogg.reason == ""


def test_every_event_has_an_answer():
    result = studied()
    known = session.get_known_events().events
    assert set(result) == {event.id for event in known}
    assert len(result) == COUNT
    assert all(item.reason or not math.isnan(item.both) for item in result.values())


def test_an_event_after_the_data_says_so():
    late = studied("usd_rub_ecb")[KELLOGG]
    assert math.isnan(late.first)
    assert math.isnan(late.both)
    assert late.reason.startswith("after the data")
