"""The claims of a newspaper in April 2025: about 80, since June 2024, up 40 %.

The official rates are the bundled ones; those of the exchange and Yahoo are synthetic, near
them except for the quote of 31 December 2024 that the claim needs.
"""

from datetime import date

import pytest

from dashboard.models.event import Event
from dashboard.services.claims import check_facts
from dashboard.services.source_moves import compare_sources_of_event, compare_sources_of_facts
from tests.sources.made_time import at

SOURCES = {
    "usd_rub_cbr", "usd_rub_by_cny_rub_cbr", "usd_rub_by_cny_rub_moex", "usd_rub_future_moex",
    "usd_rub_yahoo",
}  # fmt: skip
ENDED = {"usd_rub_ecb": "2022-03-01", "usd_rub_moex": "2024-06-11"}
DAY = date(2025, 4, 21)
KELLOGG = Event("kellogg", date(2025, 4, 20), "NATO membership is off the table")


@pytest.fixture
def every(live, replica, clock):
    """Everything that is known after a refresh on the evening of 22 April 2025."""
    at("2025-04-23T09:00:00+00:00", replica, clock)
    replica.market.change("RUB=X", date(2024, 12, 31), 113.5)
    live.refresh("cny_rub_moex", "usd_rub_future_moex", "usd_rub_moex", "usd_rub_yahoo")
    return [live.known.get(card.id) for card in live.known.cards()]


def by_series(moves):
    return {move.card.id: move for move in moves}


def test_about_80_and_the_strongest_not_since_june_2024_but_since_may_2023(every):
    (facts,) = check_facts([one for one in every if one.card.id == "usd_rub_cbr"], DAY)
    assert facts.rate == 80.7597
    assert (facts.strongest_since.day, facts.strongest_since.rate) == (date(2023, 5, 30), 80.6872)


def test_up_40_per_cent_this_year_is_so_on_no_source_that_is_believed(every):
    moves = by_series(compare_sources_of_facts(every, every[:1], DAY))
    assert set(moves) == SOURCES | set(ENDED)
    for name, ended in ENDED.items():
        assert moves[name].reason == f"the series ended on {ended}"
    official = moves["usd_rub_cbr"]
    assert (official.base.rate, official.end.rate) == (101.6797, 80.7597)
    assert (round(official.pct_quoted, 1), round(official.pct_inverse, 1)) == (-20.6, 25.9)
    measured = {name for name, move in moves.items() if not move.reason}
    assert measured == SOURCES - {"usd_rub_yahoo"}
    assert all(20 < moves[name].pct_inverse < 30 for name in measured)
    # 113.5 against the official 101.6797 is 11 % away: such a quote is not shown as a base.
    assert moves["usd_rub_yahoo"].reason == (
        "the number of 2024-12-31 is missing or left out, too far from the official rate"
    )


def test_up_40_per_cent_needs_the_quote_of_31_december_that_is_left_out():
    assert round(100 * (113.5 / 80.7597 - 1), 1) == 40.5
    assert round(100 * (101.6797 / 80.7597 - 1), 1) == 25.9


def test_the_weeks_move_is_measured_on_every_source(every):
    moves = by_series(compare_sources_of_facts(every, every[:1], DAY, since=date(2025, 4, 14)))
    assert {name for name, move in moves.items() if not move.reason} == SOURCES
    assert round(moves["usd_rub_cbr"].pct_quoted, 3) == -2.425
    for name in SOURCES:
        assert moves[name].rule
        assert moves[name].base.known_at < moves[name].end.known_at


def test_the_event_behind_it_is_measured_on_every_source_by_its_own_clock(every):
    """A Sunday: the exchange has a weekend session, the others wait for Monday."""
    moves = by_series(compare_sources_of_event(every, KELLOGG, (0, 0)))
    assert {name for name, move in moves.items() if not move.reason} == SOURCES
    days = {name: (str(moves[name].base.day), str(moves[name].end.day)) for name in SOURCES}
    assert days["usd_rub_cbr"] == ("2025-04-18", "2025-04-21")
    assert days["usd_rub_by_cny_rub_cbr"] == ("2025-04-18", "2025-04-21")
    assert days["usd_rub_yahoo"] == ("2025-04-18", "2025-04-21")
    assert days["usd_rub_future_moex"] == ("2025-04-19", "2025-04-20")
    assert days["usd_rub_by_cny_rub_moex"] == ("2025-04-19", "2025-04-20")
    assert not any(moves[name].partial for name in SOURCES)
