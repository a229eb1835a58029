"""03/04/2025: stated, proved by the column, or left to the user."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.sources.files.date_formats import resolve_day_order

DAYS = st.dates(date(1990, 1, 1), date(2030, 1, 1))


@pytest.mark.parametrize(
    ("cells", "stated", "read"),
    [
        (["2024-12-31", "soon", ""], None, ["2024-12-31", "soon", ""]),
        (["31/12/2024", "1/2/2025"], None, ["2024-12-31", "2025-02-01"]),
        (["12/31/2024", "1/2/2025"], None, ["2024-12-31", "2025-01-02"]),
        (["1-2-2025"], "dmy", ["2025-02-01"]),
        (["01.02.2025"], "dmy", ["01.02.2025"]),
        (["01.02.2025"], "mdy", ["2025-01-02"]),
        (["01.02.2025"], None, ["01.02.2025"]),
        (["5/5/2025"], None, ["2025-05-05"]),
    ],
)
def test_a_certain_order_is_written_as_iso(cells, stated, read):
    ordered = resolve_day_order(cells, stated)
    assert (ordered.cells, ordered.wrong) == (read, {})


def test_a_proof_is_told_where_it_decided_something():
    assert "31/12/2024 proves" in resolve_day_order(["1/2/2025", "31/12/2024"]).message
    assert resolve_day_order(["1/2/2025", "31/12/2024"], "dmy").message == ""
    assert resolve_day_order(["31/12/2024", "30/11/2024"]).message == ""


@pytest.mark.parametrize(
    ("cells", "stated", "wrong"),
    [
        (["2025-01-01", "1/2/2025"], None, {1: "can be 2025-02-01 or 2025-01-02; say on import"}),
        (["31/12/2024", "12/31/2024", "1/2/2025", "5/5/2025"], None,
         dict.fromkeys((0, 1, 2), "has the day first and '12/31/2024' the month")),
        (["31/12/2024"], "mdy", {0: "is no date in month/day/year"}),
        (["31/02/2024"], None, {0: "does not exist"}),
        (["1/2/25"], None, {0: "two digits"}),
        (["99/99/2024"], None, {0: "does not exist"}),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_asked_or_refused(cells, stated, wrong):
    result = resolve_day_order(cells, stated).wrong
    assert result.keys() == wrong.keys()
    assert all(wrong[index] in reason for index, reason in result.items())


@given(st.lists(DAYS, min_size=1, max_size=8), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_no_date_is_ever_read_as_another(days, form):
    """Whatever a column holds, a cell becomes its own day or none."""
    ordered = resolve_day_order([day.strftime(form) for day in days])
    for index, day in enumerate(days):
        assert index in ordered.wrong or ordered.cells[index] == day.isoformat()


@given(st.lists(DAYS, min_size=1, max_size=8))
def test_with_the_order_said_every_date_is_read(days):
    for order, form in (("dmy", "%d/%m/%Y"), ("mdy", "%m/%d/%Y")):
        ordered = resolve_day_order([day.strftime(form) for day in days], order)
        assert ordered.cells == [day.isoformat() for day in days]


def test_a_question_names_both_days_a_month_apart_or_more():
    reason = resolve_day_order(["07/08/2025"]).wrong[0]
    assert "2025-08-07 or 2025-07-08" in reason
    assert date(2025, 8, 7) - date(2025, 7, 8) > timedelta(days=29)
