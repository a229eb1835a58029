"""Alert rules: what is refused, quiet hours, and the occasions of each kind."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from dashboard.container import build_context, known_data
from dashboard.models.alerts import AlertRule, LevelSide, QuietHours, RuleKind
from dashboard.models.article import Precision
from dashboard.models.errors import InputError
from dashboard.models.event import Event, Origin
from dashboard.models.inbox import InboxItem, NewsItem
from dashboard.services.alerts import (
    KnownData,
    RuleEntry,
    find_occasions,
    make_rule,
    try_rule,
)
from dashboard.services.news import group_by_cluster
from dashboard.services.rates import get_series
from dashboard.sources.rates.bundled import BundledRates

BUNDLED = BundledRates()
END = datetime(2026, 9, 2, 21, tzinfo=UTC)
YEAR_BEFORE = datetime(2025, 9, 2, 21, tzinfo=UTC)


def data_of(now=END, events=(), clusters=()):
    return KnownData(
        now,
        lambda series_id: get_series([BUNDLED], series_id),
        lambda person: [e for e in events if not e.is_private or e.owner == person],
        lambda: clusters,
    )


@pytest.fixture
def data_at(dashboard_home):
    context = build_context()
    yield lambda moment: known_data(context, moment)
    context.notes.close()


# ---- what a person enters

MOVE = RuleEntry(RuleKind.MOVE, series="usd_rub_cbr")
LEVEL = RuleEntry(RuleKind.LEVEL, series="usd_rub_cbr", level=80.0)
CLAIM = RuleEntry(RuleKind.CLAIM, series="usd_rub_cbr")


@pytest.mark.parametrize(
    ("entry", "field", "says"),
    [
        (replace(MOVE, window="4:0"), "window", "is impossible for a rule"),
        (replace(MOVE, window="-3:-1"), "window", "is impossible for a rule"),
        (replace(MOVE, window="0:21"), "window", "is impossible for a rule"),
        (replace(MOVE, window="0:9999"), "window", "reaches more than"),
        (replace(MOVE, window="two days"), "window", "is no window"),
        (replace(MOVE, window="0:2h"), "window", "hours need a series of bars"),
        (replace(MOVE, percentile=100.0), "percentile", "from 50 to below 100"),
        (replace(MOVE, percentile=float("nan")), "percentile", "from 50 to below 100"),
        (replace(MOVE, series=""), "series", "is missing"),
        (replace(MOVE, series="usd_mars"), "", "not known"),
        (replace(MOVE, series="gpr_daily"), "", "is no price"),
        (replace(LEVEL, level=None), "level", "is missing"),
        (replace(LEVEL, level=-3.0), "level", "is missing"),
        (replace(CLAIM, claim="all is well"), "claim", "holds no claim"),
        (replace(LEVEL, quiet="22:00"), "quiet", "are no hours"),
        (replace(LEVEL, quiet="07:00-07:00"), "quiet", "begin and end at the same time"),
        (replace(LEVEL, quiet="22:00-07:00", zone="Mars/Base"), "zone", "is no time zone"),
    ],
)
def test_an_impossible_rule_is_refused_by_its_field(entry, field, says):
    with pytest.raises(InputError, match=says) as refused:
        make_rule(entry, "anna", data_of())
    assert refused.value.field == field


def test_a_rule_about_numbers_counts_from_the_last_number_that_was_known():
    rule = make_rule(LEVEL, "anna", data_of(datetime(2026, 11, 1, tzinfo=UTC)))
    # The record dated 2 September was known on the 1st at 15:30 in Moscow.
    assert rule.known_until == datetime(2026, 9, 1, 12, 30, tzinfo=UTC)


# ---- quiet hours


@pytest.mark.parametrize(
    ("zone", "moment", "released"),
    [  # Moscow is three hours ahead of UTC
        ("Europe/Moscow", (2026, 3, 13, 18, 59), (2026, 3, 13, 18, 59)),
        ("Europe/Moscow", (2026, 3, 13, 19, 0), (2026, 3, 14, 4, 0)),
        ("Europe/Moscow", (2026, 3, 14, 3, 59), (2026, 3, 14, 4, 0)),
        ("Europe/Moscow", (2026, 3, 14, 4, 0), (2026, 3, 14, 4, 0)),
        # Berlin: 07:00 is 06:00 UTC in winter, and 05:00 after the clocks went forward.
        ("Europe/Berlin", (2026, 3, 27, 23, 0), (2026, 3, 28, 6, 0)),
        ("Europe/Berlin", (2026, 3, 28, 23, 0), (2026, 3, 29, 5, 0)),
    ],
)
def test_quiet_hours_hold_an_alert_back_until_they_end_by_the_clock_of_their_zone(
    zone, moment, released
):
    quiet = QuietHours(time(22), time(7), zone)
    assert quiet.release(datetime(*moment, tzinfo=UTC)) == datetime(*released, tzinfo=UTC)


def test_quiet_hours_within_a_day():
    lunch = QuietHours(time(13), time(14), "UTC")
    assert lunch.release(datetime(2026, 3, 13, 13, 30, tzinfo=UTC)).hour == 14
    assert lunch.release(datetime(2026, 3, 13, 14, 30, tzinfo=UTC)).minute == 30


# ---- moves: percentile and N by the definition, without the code of the product


def reference_percentiles(record, rate, first, last):
    """Days with the percentile of their move, by docs/statistics.md, sections 3 and 17.2.

    |SCAR| of a day is its log move less the mean of 120 moves, in units of their standard
    deviation and its error of prediction. These end 10 moves before the event window, which
    begins 5 before the day. It is ranked among the dates up to 250 rows before whose window
    [-5,10] was complete.
    """
    move = np.concatenate(([np.nan], -np.diff(np.log(rate))))
    sizes = np.full(len(rate), np.nan)
    for row in range(140, len(rate)):
        ordinary = move[row - 135 : row - 15]
        error = ordinary.std(ddof=1) * np.sqrt(1 + 1 / 120)
        sizes[row] = abs((move[row] - ordinary.mean()) / error)
    for row in np.flatnonzero((record >= np.datetime64(first)) & (record <= np.datetime64(last))):
        pool = sizes[row - 250 : row - 9]
        yield str(record[row]), 100 * float(np.mean(pool < sizes[row])), len(pool)


def test_moves_beyond_a_percentile_are_those_of_the_definition_by_what_was_known(data_at):
    series = BUNDLED.get("usd_rub_cbr")
    expected = [
        (day, pytest.approx(share), count)
        for day, share, count in reference_percentiles(
            series.record, series.rate, "2025-09-04", "2026-09-02"
        )
        if share > 97
    ]
    rule = make_rule(replace(MOVE, percentile=97.0), "anna", data_of())
    found = try_rule(rule, data_at, YEAR_BEFORE, END)
    ranks = [each.move.ranks[0] for each in found]
    assert len(expected) >= 3
    assert [
        (each.key.removeprefix("usd_rub_cbr "), rank.percentile, rank.size)
        for each, rank in zip(found, ranks, strict=True)
    ] == expected


def test_the_window_of_a_rule_ends_with_the_newest_rate(data_at):
    rule = make_rule(replace(MOVE, window="0:4", percentile=99.5), "anna", data_of())
    until = datetime(2026, 3, 20, tzinfo=UTC)
    (found, *_others) = try_rule(rule, data_at, until - timedelta(days=2), until)
    # Records of 13 March (79.0671) and 20 March 2026 (84.8379): five moves later.
    assert (found.move.base.rate, found.move.end.rate) == (79.0671, 84.8379)
    assert found.move.log_points == pytest.approx(100 * np.log(79.0671 / 84.8379))


# ---- levels, claims, overdue


def test_a_level_is_reached_where_the_number_comes_from_the_other_side(data_at):
    rule = make_rule(replace(LEVEL, side=LevelSide.BELOW), "anna", data_of())
    found = try_rule(rule, data_at, YEAR_BEFORE, END)
    # First records at 80 or less after one above, in data/rates/usd_rub_cbr.csv.
    assert [each.fixing.record.isoformat() for each in found] == [
        "2025-10-15", "2025-10-28", "2025-11-22", "2025-12-23", "2026-04-04",
    ]  # fmt: skip


def test_a_claim_raises_an_alert_when_it_becomes_true_and_not_while_it_stays_true(data_at):
    text = "the dollar costs more than 80 roubles"
    rule = make_rule(replace(CLAIM, claim=text), "anna", data_of())
    found = try_rule(rule, data_at, YEAR_BEFORE, END)
    assert [each.fixing.record.isoformat() for each in found] == [  # first above 80 after none
        "2025-10-18", "2025-10-31", "2025-12-18", "2026-03-14", "2026-08-04",
    ]  # fmt: skip


def test_what_came_later_is_in_no_trial(data_at):
    """In March 2026 the record of August, 84 roubles and more, is not known."""
    rule = make_rule(LEVEL, "anna", data_of())
    until = datetime(2026, 3, 13, 12, 29, tzinfo=UTC)  # a minute before the fixing of that day
    assert try_rule(rule, data_at, until - timedelta(days=3), until) == ()
    assert len(try_rule(rule, data_at, until, until + timedelta(minutes=1))) == 1


# ---- news and events


def report(name, title, at):
    news = NewsItem(guid=name, link="", title=title, precision=Precision.NONE)
    return InboxItem(name, "feed", "tass_en", news, "cluster-1", at, at)


def rule_of(kind, **fields):
    return AlertRule("rule-1", "anna", "", kind, known_until=END - timedelta(days=1), **fields)


def test_reports_of_one_story_are_one_occasion_at_the_first_of_them():
    first = END - timedelta(hours=2)
    clusters = group_by_cluster(
        [
            report("a", "Stoltenberg says NATO will not send troops", first),
            report("b", "NATO will not send troops, Stoltenberg says", END - timedelta(hours=1)),
        ]
    )
    data = data_of(clusters=clusters)
    (found,) = find_occasions(rule_of(RuleKind.NEWS, category="nato_remark"), data, set())
    assert (found.key, found.at) == ("news cluster-1", first)
    assert find_occasions(rule_of(RuleKind.NEWS, category="sanctions"), data, set()) == []
    assert find_occasions(rule_of(RuleKind.NEWS, text="STOLTENBERG tanks"), data, set()) == []
    late = replace(rule_of(RuleKind.NEWS), known_until=first)  # it was there before the rule
    assert find_occasions(late, data, set()) == []


def test_a_rule_sees_the_private_notes_of_its_person_and_of_nobody_else():
    def note(name, owner):
        return Event(
            id=name, day=date(2026, 9, 2), title=name, category="sanctions", origin=Origin.NOTE,
            created=END - timedelta(hours=1), visibility="private", owner=owner,
        )  # fmt: skip

    data = data_of(events=(note("mine", "anna"), note("theirs", "boris")))
    (found,) = find_occasions(rule_of(RuleKind.EVENT, category="sanctions"), data, set())
    assert found.event.id == "mine"
