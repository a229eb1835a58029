"""Precedents: which events are alike, what followed them, and where the event stands, by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from dashboard.eventstudy.panel import binomial_share_p, smallest_visible_count
from dashboard.models.analyses import PrecedentRequest
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.services.likeness import (
    Likeness,
    compare_actors,
    compare_kinds,
    compare_steps,
    key_rate_changes,
    title_stems,
    weighted_likeness,
)
from dashboard.services.precedents import find_precedents
from tests.made_series import event_at_row, made_series

SPACING = 200
ROWS = tuple(range(200, 2001, SPACING))
"""Nine events and, at row 1800, the one they are precedents of; one more comes later."""
TARGET = 1800
FIRST_MOVES = (3, 3, 3, 3, 3, 3, -3, -6, 4, 3)
"""Moves of the rouble over offsets 0 and 1, in log points."""


def made_rates():
    """Moves of +1 and -1 log point; after each event its first move, then a third of it back
    by offset 5 and all of it by offset 20."""
    moves = np.where(np.arange(2200) % 2, 1.0, -1.0)
    for row, first in zip(ROWS, FIRST_MOVES, strict=True):
        moves[row : row + 21] = 0
        moves[row], moves[row + 3], moves[row + 10] = first, -first / 3, -2 * first / 3
    return made_series(100 * np.exp(-np.cumsum(moves) / 100), move_sign=-1)


def made_events(**changes):
    title = "Minister announces a truce with the neighbour"
    return tuple(
        replace(event_at_row(row, f"event-{row}"), title=title, category="peace_talks",
                actor="Minister", expected="stronger", **changes)
        for row in ROWS
    )  # fmt: skip


def precedents(events=None, **request):
    events = made_events() if events is None else events
    target = next(event for event in events if event.id == f"event-{TARGET}")
    return find_precedents(made_rates(), target, events, PrecedentRequest(**request))


def test_moves_are_those_from_the_base_and_their_share_that_came_back():
    found = precedents()
    one = next(one for one in found.taken if one.event.id == "event-200")
    # sigma = 1 log point, the root mean square of the 120 moves before.
    assert [move.move for move in one.moves] == pytest.approx([3, 2, 0], abs=1e-9)
    assert [move.scar for move in one.moves] == pytest.approx([3 / 2**0.5, 2 / 6**0.5, 0], abs=1e-9)
    assert one.moves[0].came_back is None
    assert [move.came_back for move in one.moves[1:]] == pytest.approx([100 / 3, 100])
    assert (one.likeness, one.tercile, one.others) == (1, found.target.tercile, 0)
    assert [point.offset for point in one.path] == list(range(-5, 21))


def test_the_base_rate_has_its_interval_and_the_event_its_rank():
    first, later, last = precedents().summary
    # Before row 1800: +3 six times, -3, -6; the event itself +4.
    assert (first.n, first.same_way, first.direction, first.basis) == (8, 6, "stronger", "moved")
    assert (first.median, first.low, first.high, first.move) == pytest.approx((3, -6, 3, 4))
    wilson = stats.binomtest(6, 8).proportion_ci(method="wilson")
    assert (first.share_low, first.share_high) == pytest.approx((wilson.low, wilson.high))
    # Only -6 is as large as 4, and it went the other way.
    assert (first.rank, first.further) == (2, 0)
    assert first.p_rank == pytest.approx(2 / 9)
    assert first.p_same_way == pytest.approx(
        stats.binomtest(6, 8, first.ordinary_share).pvalue, abs=1e-12
    )
    assert (later.came_back, last.came_back) == pytest.approx((100 / 3, 100))
    # Six questions; none is judged on its own.
    assert first.p_rank_adjusted >= first.p_rank
    assert last.basis == "expected"  # its own move came back to 0: up to rounding none is left


def test_what_came_later_is_no_precedent_unless_asked():
    found = precedents()
    assert {one.event.id: str(one.reason) for one in found.left_out} == {
        "event-2000": "it came later"
    }
    later = precedents(earlier_only=False)
    assert "event-2000" in {one.event.id for one in later.taken}
    assert (len(later.taken), later.has_verdict) == (9, True)


def test_ordinary_days_lie_before_the_event_unless_asked():
    assert precedents().summary[0].n_ordinary < precedents(earlier_only=False).summary[0].n_ordinary


def test_of_two_that_overlap_the_more_alike_is_taken():
    events = made_events()
    near = replace(event_at_row(1010, "near"), title="Minister speaks", category="peace_talks",
                   actor="Minister", expected="stronger")  # fmt: skip
    found = precedents((*events, near))
    reason = next(str(one.reason) for one in found.left_out if one.event.id == "near")
    assert reason.startswith("crowded: its 20 observations overlap those of Minister announces")
    own = replace(near, id="own", day=event_at_row(TARGET - 20).day)
    found = precedents((*events, own))
    reason = next(str(one.reason) for one in found.left_out if one.event.id == "own")
    assert reason.startswith("too near")


def test_fewer_than_eight_give_no_verdict_and_name_each():
    found = precedents(number=7)
    assert (len(found.taken), found.has_verdict) == (7, False)
    row = found.summary[0]
    assert (row.p_same_way, row.share_low, row.p_rank, row.visible) == (None,) * 4
    assert row.rank is not None


def test_an_event_expected_the_other_way_and_one_without_rates_are_left_out_with_the_reason():
    events = list(made_events())
    events[0] = replace(events[0], expected="weaker")
    events[1] = replace(events[1], series="other")
    reasons = {one.event.id: str(one.reason) for one in precedents(tuple(events)).left_out}
    assert reasons["event-200"] == "it was expected to move the rouble the other way"
    assert reasons["event-400"] == "it belongs to another series"


def test_a_draft_in_the_future_has_precedents_and_no_move_of_its_own():
    draft = replace(made_events()[0], id="draft", day=date(2099, 1, 1))
    found = find_precedents(made_rates(), draft, made_events())
    assert len(found.taken) == 10
    row = found.summary[0]
    assert (row.move, row.rank, row.further, row.basis) == (None, None, None, "expected")
    assert row.same_way == 8


def test_what_followed_an_event_does_not_change_its_likeness():
    series, events = made_rates(), made_events()
    target = next(event for event in events if event.id == f"event-{TARGET}")
    before = find_precedents(series, target, events)
    rate = series.rate.copy()
    rate[TARGET:] = rate[TARGET]
    after = find_precedents(replace(series, rate=rate), target, events)
    assert [(one.event.id, one.likeness, one.parts) for one in before.taken] == [
        (one.event.id, one.likeness, one.parts) for one in after.taken
    ]


def test_the_number_of_precedents_has_limits():
    for number in (0, 41):
        with pytest.raises(InputError, match="between 1 and 40"):
            PrecedentRequest(number=number)


# ---- likeness


def test_likeness_is_the_weighted_mean_of_the_parts_both_have():
    # Gower: category 2 x 1, kind 3 x 1, actor 2 x 0, words 2 x 0, direction 2 x 0.5 over 11.
    one = Event("a", date(2024, 1, 1), "Ceasefire", "peace_talks", "stronger", actor="Somebody")
    other = Event("b", date(2023, 1, 1), "Truce", "peace_talks", "unclear", actor="Anybody")
    parts = Likeness(one, (other,)).parts(other, (None, None))
    assert {part.name: part.value for part in parts} == {
        "category": 1, "kind": 1, "actor": 0, "words": 0, "direction": 0.5, "step": None,
        "volatility": None,
    }  # fmt: skip
    assert weighted_likeness(parts) == pytest.approx(6 / 11)


def test_words_are_the_cosine_of_their_inverse_document_frequencies():
    # Three titles; df of sanctions 2, of all others 1; idf = ln(4 / (1 + df)) + 1.
    titles = ("Sanctions hit Lukoil", "Sanctions hurt", "Rain")
    one, two, three = (Event(t[:3] + t[-1], date(2024, 1, 1), t) for t in titles)
    often, rare = np.log(4 / 3) + 1, np.log(4 / 2) + 1
    expected = often**2 / (np.hypot(often, rare * 2**0.5) * np.hypot(often, rare))
    parts = {part.name: part for part in Likeness(one, (two, three)).parts(two, (0, 2))}
    assert parts["words"].value == pytest.approx(expected)
    assert parts["words"].shared == ("sanctions",)
    assert parts["volatility"].value == 0


@pytest.mark.parametrize(
    ("first", "second", "value", "shared"),
    [
        ("Council of the EU", "European Union", 1, ("Council of the EU",)),
        # No shared name; both are of the United States: (0 + 1) / 2.
        ("Pete Hegseth", "Joe Biden", 0.5, ("United States",)),
        # Names 2 / 3, sides 2 / 3.
        ("Donald Trump / Vladimir Putin", "Donald Trump", 2 / 3, ("Donald Trump",)),
        ("Vladimir Putin (reported)", "Vladimir Putin", 1, ("Vladimir Putin",)),
        ("Robert Fico", "Viktor Orban", 0, ()),
        ("", "Viktor Orban", None, ()),
    ],
)
def test_actors_are_alike_by_name_and_side(first, second, value, shared):
    assert compare_actors(first, second) == (pytest.approx(value) if value else value, shared)


def test_kinds_come_from_the_words_of_a_title():
    both = ("Kyiv accepts a 30-day ceasefire", "Putin orders a Christmas truce")
    assert compare_kinds(*both) == (1, ("ceasefire",))
    assert compare_kinds("A 20th package", "US sanctions Gazprombank") == (0, ())
    assert compare_kinds("Rain", "Snow") == (None, ())
    assert compare_kinds("Rain", "A truce") == (0, ())


def test_stems_join_forms_of_a_word_and_leave_common_ones_out():
    assert list(title_stems("The NATO members said that membership is off")) == ["nato", "member"]


def test_the_step_of_a_key_rate_is_the_difference_of_the_levels_that_titles_state():
    levels = ("lifts the key rate to 7.0%", "keeps the key rate at 7.0%",
              "jumps the key rate from 7.0% to 17%")  # fmt: skip
    events = [
        Event(str(k), date(2024, 1, 1 + k), f"Bank of Russia {text}")
        for k, text in enumerate(levels)
    ]
    assert key_rate_changes([*events, *events]) == {"1": 0, "2": 10}
    assert [compare_steps(*pair) for pair in ((2, 4), (2, -4), (0, 0), (0, 1), (None, 1))] == [
        0.5, 0, 1, 0, None,
    ]  # fmt: skip


# ---- shares


@pytest.mark.parametrize(("hits", "n", "share"), [(7, 10, 0.48), (0, 9, 0.5), (3, 30, 0.05)])
def test_the_exact_p_of_a_share_is_that_of_scipy(hits, n, share):
    assert binomial_share_p(hits, n, share) == pytest.approx(
        stats.binomtest(hits, n, share).pvalue, abs=1e-12
    )


def test_the_smallest_visible_count_is_that_of_hand():
    # 8 fair throws: 8 or 0 have p = 2/256, 7 or 1 already 18/256.
    assert smallest_visible_count(8, 0.5) == 8
    # 5 of 5 have p = 2/32.
    assert smallest_visible_count(5, 0.5) is None
