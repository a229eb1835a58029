"""The table of sources: quote and words turn together, and a row without numbers says why."""

from dataclasses import replace
from datetime import UTC, date, datetime

from dashboard.models.moves import Fixing, SourceMove
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.ui.pages.event.results import build_source_columns, build_source_lines
from tests.presentation.made_view import CARD

THIN = "\u202f"


def fixing(day, rate):
    known = datetime(2025, 4, day, 12, 30, tzinfo=UTC)
    return Fixing(date(2025, 4, day), date(2025, 4, day + 1), known, known, rate)


# 80 to 79.2: 100 ln(80/79.2) = 1.005, -1.00 % and +1.01 %.
MOVE = SourceMove(CARD, "Known at noon.", fixing(18, 80.0), fixing(21, 79.2), 1.005, -1.0, 100 / 99)
NONE = SourceMove(CARD, "Known at noon.", reason="the event lies <b>before</b> the data")


def columns(mode=QuoteMode.WEAKER, moves=(MOVE, NONE)):
    return build_source_columns(moves, QuotedSeries(CARD, mode), dark=False)


def test_a_source_that_measured_nothing_says_why_and_is_never_zero():
    row = {name: cells[1] for name, cells in columns().items()}
    assert row["Direction"].startswith("not measured: the event lies \\<b\\>before")
    assert {row[name] for name in row if name not in {"Source", "Direction"}} == {"–"}
    assert build_source_lines(NONE, QuotedSeries(CARD, QuoteMode.WEAKER), dark=False) == [
        row["Direction"]
    ]


def test_rates_percentages_and_arrows_follow_the_quote_and_the_words_the_rouble():
    usual, dollars = columns(), columns(QuoteMode.USD)
    assert usual["RUB per USD"][0] == "80.0000 → 79.2000"
    assert dollars["USD per RUB"][0] == "0.012500 → 0.012626"
    assert usual["RUB per USD, %"][0] == dollars["RUB per USD, %"][0] == f"−1.00{THIN}%"
    assert list(dollars)[4] == "USD per RUB, %"
    assert "▼\u00a0stronger" in usual["Direction"][0]
    assert "▲\u00a0stronger" in dollars["Direction"][0]
    assert usual["Base → end"][0] == "18 Apr → 21 Apr 2025"


def test_an_event_inside_the_averaging_hours_is_said_to_be_partly_in():
    cell = columns(moves=[replace(MOVE, partial=True)])["Direction"][0]
    assert cell.endswith("partly in it already")
