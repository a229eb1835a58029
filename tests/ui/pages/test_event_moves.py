"""The tables of moves: quote and words turn together, nothing is blank, names are text."""

from dashboard.models.study import DEFAULT_CAR_WINDOWS
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.ui.pages.event.results import (
    build_move_lines,
    build_moves_columns,
    build_short_columns,
    build_test_lines,
    build_tests_columns,
)
from tests.presentation.made_view import CARD, event, made_view, missing_move, move, ranks

THIN = "\u202f"
PER_USD = QuotedSeries(CARD, QuoteMode.WEAKER)
VIEW = made_view(moves=tuple(move(window) for window in DEFAULT_CAR_WINDOWS))
build_tests_columns.__test__ = build_test_lines.__test__ = False


def columns(mode=QuoteMode.WEAKER, view=VIEW):
    return build_moves_columns(view, QuotedSeries(CARD, mode), "quiet", dark=False)


def test_every_window_has_a_row_in_both_tables():
    for table in (columns(), build_tests_columns(VIEW, PER_USD, "quiet")):
        assert {len(cells) for cells in table.values()} == {5}
        assert all(all(cells) for cells in table.values())
    assert [cell.split("**")[1] for cell in columns()["Window"]] == [
        "[0,0]", "[0,1]", "[−1,1]", "[0,5]", "[−5,−1]",
    ]  # fmt: skip


def test_the_arrow_follows_the_number_and_the_word_the_rouble():
    usual, dollars = columns()["Direction"][0], columns(QuoteMode.USD)["Direction"][0]
    assert "▼\u00a0stronger" in usual
    assert "▲\u00a0stronger" in dollars
    assert '{foreground="#2166AC"}' in usual
    assert '{foreground="#2166AC"}' in dollars


def test_percent_and_rates_follow_the_quote():
    assert columns()["RUB per USD, %"][0] == f"−1.00{THIN}%"
    assert columns()["USD per RUB, %"][0] == f"+1.01{THIN}%"
    assert columns()["RUB per USD"][0] == "80.0000 → 79.2000"
    assert columns(QuoteMode.USD)["USD per RUB"][0] == "0.012500 → 0.012626"
    assert columns()["Log pts"] == ["−1.00"] * 5
    assert columns(QuoteMode.USD)["Log pts"] == ["+1.00"] * 5


def test_a_move_too_recent_says_what_it_needs_and_is_never_zero():
    view = made_view(moves=(missing_move((0, 5), "needs 3 more observations"),))
    row = {name: cells[0] for name, cells in columns(view=view).items()}
    assert row["Base → end"] == "not available yet: needs 3 more fixings"
    assert row["Log pts"] == "–"
    assert "0" not in row["RUB per USD, %"]


def test_p_values_stand_beside_their_n():
    table = build_tests_columns(VIEW, PER_USD, "quiet")
    assert table["CAR ± s.e., log pts"][0] == "−0.90 ± 1.20"
    assert table["p of t"][0] == "0.45 (N = 120)"
    assert table["Placebo p, quiet dates"][0] == "0.60 (N = 504)"
    assert (
        build_tests_columns(VIEW, PER_USD, "all")["Placebo p, all dates"][0] == "0.70 (N = 3,223)"
    )
    assert (
        build_tests_columns(VIEW, PER_USD, "near")["Placebo p, nearest dates"][0]
        == "0.50 (N = 500)"
    )


def test_every_pool_has_its_percentile_whichever_is_chosen():
    for pool in ("near", "quiet", "all", "similar"):
        row = {name: cells[0] for name, cells in build_tests_columns(VIEW, PER_USD, pool).items()}
        assert row["Percentile: nearest dates"] == f"44{THIN}%"
        assert row["the same by size alone"] == f"41{THIN}%"
        assert (row["quiet dates"], row["all dates"]) == (f"43{THIN}%", f"40{THIN}%")
        assert row["similar volatility"] == f"26{THIN}%"


def test_percentiles_of_too_small_a_pool_are_not_shown():
    few = move(ranks=ranks(quiet={"size": 10}))
    table = build_tests_columns(made_view(moves=(few,)), PER_USD, "quiet")
    assert table["quiet dates"] == ["too few (10)"]
    assert table["all dates"] == [f"40{THIN}%"]


def test_a_rate_missing_inside_the_window_is_told():
    view = made_view(moves=(move((0, 5), car=None, car_se=None),))
    assert build_tests_columns(view, PER_USD, "quiet")["CAR ± s.e., log pts"] == [
        "a rate inside the window is missing"
    ]


def test_the_names_of_other_events_are_text():
    crowd = tuple(event(id=f"e{k}", title="<b>*x*</b> ![a](http://b.c)") for k in range(3))
    cell = columns(view=made_view(moves=(move(crowd=crowd),)))["Also in the window"][0]
    assert cell.startswith("**3**: ")
    assert cell.endswith(" and 1 more")
    assert "\\<b\\>\\*x\\*" in cell
    assert "![a](" not in cell


def test_a_narrow_screen_gets_the_same_numbers_in_two_lines_each():
    first = VIEW.moves[0]
    lines, tests = (
        build_move_lines(VIEW, first, PER_USD),
        build_test_lines(VIEW, first, PER_USD, "quiet"),
    )
    assert (len(lines), len(tests)) == (2, 2)
    for part in ("−1.00", "+1.01", "−1.00 log pts", "18 Apr → 21 Apr 2025"):
        assert part in "\n".join(lines)
    assert "CAR −0.90 ± 1.20; p of t 0.45 (N = 120); placebo p 0.60 (N = 504)" in tests


def test_the_short_table_has_four_windows_in_three_columns():
    table = build_short_columns(VIEW, PER_USD, "quiet", dark=False)
    assert list(table) == ["Window", "RUB per USD", "Bigger than"]
    assert table["Window"] == [
        "At the first fixing", "Over the first two fixings", "Over the first six fixings",
        "Over the five fixings before",
    ]  # fmt: skip
    assert f"▼ −1.0{THIN}% stronger" in table["RUB per USD"][0]
    assert table["Bigger than"] == [f"43{THIN}% of days", *[f"43{THIN}% of windows"] * 3]


def test_the_short_table_says_why_a_move_is_missing():
    view = made_view(moves=(missing_move((0, 5), "needs 3 more observations"),))
    table = build_short_columns(view, PER_USD, "quiet", dark=False)
    assert table["RUB per USD"] == ["not available yet: needs 3 more fixings"]
    assert table["Bigger than"] == ["–"]
