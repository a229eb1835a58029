"""The Compare page: the answer in words, two groups, its link, its parts, its empty states."""

import json
import math

import numpy as np
import pytest

from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.models.event import Draft
from dashboard.models.study import StudyRequest
from dashboard.services.exports import comparison_file
from dashboard.services.notes import add_note
from dashboard.services.study import run_study
from dashboard.ui import session
from dashboard.ui.pages.compare.page import OPEN_EVENT_KEY
from dashboard.ui.pages.compare.state import PART_TITLES
from tests.ui.app_in_test import figure_of, figures_of, open_page, page_to_read, press, words_of

JOINER = "\u2060"
HOSTILE = "<b>x</b> ![i](http://x.y/z) :material/bomb: $x$"


def open_compare(**link):
    app = open_page("compare", **link)
    assert not app.exception
    assert "Something went wrong" not in words_of(app)
    return app


def read_compare(**link):
    return page_to_read("compare", **link)


def headline(app):
    return app.title[0].value.replace("\\", "").replace(JOINER, "")


def chips(app):
    """The labels of the buttons that open the groups and the settings."""
    return [block.proto.popover.label for block in app.get("popover")]


def question(app):
    """The question in small print below the answer."""
    return next(each.value for each in app.markdown if "What happened to" in each.value)


def percent(move):
    """The size of a move of the rouble, in per cent of RUB per USD."""
    return f"{100 * abs(math.expm1(-move)):.1f} %"


# ------------------------------------------------------------------ the answer


def test_a_cold_link_answers_in_its_heading():
    app = read_compare()
    assert "What happened to the rouble in the 10 fixings after NATO remarks, 20" in question(app)
    # `study --category nato_remark` prints the same numbers.
    words = words_of(app)
    row = declared_of("nato_remark")
    assert row.mean > 0
    p = f"p = {row.p_value:.2f}"
    assert headline(app) == (
        f"Not unusual: rouble {percent(row.mean)} stronger on average over the first two fixings"
        f" after NATO remarks ({p}, {row.n} events)"
    )
    assert f"Moves under about {least(row)} on average would not be seen with {row.n} ev" in words
    assert f"Declared test “Signed ranks of clusters”: {p} (one question here, nothing to" in words
    assert f"N = {row.n} events on {row.rates} rates, {row.clusters} clusters" in words
    assert f"Median {percent(row.median)} stronger" in words
    # The button of the group counts the same events as the answer.
    assert any(chip.endswith(f"NATO remarks, all years: {row.n} events") for chip in chips(app))


def study_of(category):
    """The study of a category of the catalogue, as the command line makes it."""
    known = session.get_known_events().events
    chosen = [event for event in known if event.category == category]
    return run_study([session.load_series("usd_rub_cbr")], chosen, StudyRequest(), known=known)


def least(row):
    """The smallest visible mean in per cent, with two decimals where it is below one."""
    size = 100 * abs(math.expm1(-row.smallest_visible))
    return f"{size:.{1 if size >= 1 else 2}f} %"


def declared_of(category):
    """The declared test of a category in that study."""
    return next(row for row in study_of(category).headlines if row.group in {"all", category})


def test_the_difference_of_two_groups_is_the_answer_and_each_stands_in_the_tests():
    app = read_compare(bcat="peace_talks")
    assert "after NATO remarks, compared with peace talks, 2014–" in question(app)
    one, other = declared_of("nato_remark"), declared_of("peace_talks")
    gap = one.mean - other.mean
    direction = "stronger" if gap > 0 else "weaker"
    size = f"{100 * abs(math.expm1(-gap)):.{1 if abs(gap) > 0.00095 else 2}f} %"
    assert headline(app).startswith(
        f"No difference beyond chance: {size} {direction} after NATO remarks than after"
        " peace talks (p = "
    )
    assert headline(app).endswith(f", {one.n} and {other.n} events)")
    words = words_of(app)
    assert "Holm over 3 questions: the groups and their difference; uncorrected" in words
    assert f"N = {one.n} and {other.n} events on " in words
    assert "doubt a p close to" not in words
    tests = words_of(read_compare(bcat="peace_talks", part="tests"))
    for mark, row in (("●", one), ("◆", other)):
        assert f"{mark} Not unusual: rouble {percent(row.mean)} stronger on average" in tests


def test_the_quote_turns_numbers_and_never_words():
    usual, dollars = read_compare(), open_compare(up="usd")
    move = declared_of("nato_remark").mean
    up = f"{100 * math.expm1(move):.1f} %"
    for app, size, shown in (
        (usual, percent(move), f"▼ −{percent(move)} stronger"),
        (dollars, up, f"▲ +{up} stronger"),
    ):
        assert f"Not unusual: rouble {size} stronger on average" in headline(app)
        cell = app.table[0].value.iloc[0, 1]
        assert shown == cell.replace("\u202f", " ")

    def mean(app):
        (line,) = [t for t in figure_of(app)["data"] if t["name"] == "NATO remarks"]
        return line["y"]

    # 1 % more roubles per dollar is 1 - 1/1.01 fewer dollars per rouble.
    inverse = [100 * (1 / (1 + y / 100) - 1) for y in mean(usual)]
    assert mean(dollars) == pytest.approx(inverse, abs=0.002)


def test_periods_of_the_groups_stand_in_the_question():
    app = open_compare(**{"to": "2023-12-31", "bcat": "nato_remark", "bfrom": "2024-01-01"})
    assert (
        "after NATO remarks (to 31 Dec 2023), compared with NATO remarks (from 1 Jan 2024)?"
        in question(app)
    )


def test_a_whole_year_is_named_by_its_number():
    year = {"from": "2025-01-01", "to": "2025-12-31"}
    app = open_compare(**year)
    assert "after NATO remarks, 2025?" in question(app)
    assert any("NATO remarks, 2025: " in chip for chip in chips(app))


# ------------------------------------------------------------------ the parts


@pytest.mark.parametrize("part", PART_TITLES)
@pytest.mark.parametrize("second", [(), ("sanctions",)], ids=["one", "two"])
def test_every_part_draws_with_one_group_and_with_two_and_claims_no_cause(part, second):
    link = {"part": part} | ({"bcat": list(second)} if second else {})
    app = open_compare(**link)
    assert len(figures_of(app)) >= 1
    for chart in app.get("plotly_chart"):
        assert len(chart.proto.spec) < 300_000
        assert chart.proto.alt
    said = words_of(app).lower()
    for word in ("significant", "caused", "because", "due to", "reacted"):
        assert word not in said


def test_every_figure_has_an_end_to_its_size_with_all_events():
    for part in ("moves", "when"):
        app = open_compare(cat="all", bcat="sanctions", part=part)
        assert all(len(chart.proto.spec) < 300_000 for chart in app.get("plotly_chart"))


def test_the_declared_test_stands_before_the_others_which_are_no_questions():
    app = open_compare(part="tests", bcat="peace_talks")
    table = app.table[-1].value
    assert [name.rpartition("(")[2].replace("\\", "") for name in table["Test"]] == [
        "difference_cluster_t)", "cluster_rank)", "cluster_rank)",
    ]  # fmt: skip
    one, other = declared_of("nato_remark"), declared_of("peace_talks")
    assert table["N"].tolist() == [f"{one.n} and {other.n}", str(one.clusters), str(other.clusters)]
    (fold,) = [each for each in app.expander if each.label.startswith("Other tests: ")]
    assert fold.label == f"Other tests: {len(SIGNIFICANCE_TESTS) - 1 + 2}, with what each assumes"
    whole = f"Is it unusual? 2 declared tests and {len(SIGNIFICANCE_TESTS) - 1 + 2} others"
    assert whole in [each.label for each in app.expander]


def test_leave_one_out_names_the_event_that_carries_most():
    words = words_of(open_compare(part="carries"))
    result = study_of("nato_remark").results[0]
    car = result.cars[0].car
    most, n = int(np.abs(car - car.mean()).argmax()), len(car)
    without = (n * car.mean() - car[most]) / (n - 1)
    assert car.mean() > 0
    assert without > 0
    assert f"“{result.events[most].title}”" in words
    assert (
        f"the other {n - 1} is {percent(without)} stronger instead of"
        f" {100 * -math.expm1(-car.mean()):.2f} % stronger"
    ) in words
    row = declared_of("nato_remark")
    assert f"These averages count each of the {n} events" in words
    assert f"the verdict counts each of the {row.rates} first rates once" in words


def test_the_funnel_says_what_was_lost_and_why():
    app = open_compare(cat="peace_talks", part="lost")
    labels = [fold.label for fold in app.expander]
    study = study_of("peace_talks")
    assert f"{len(study.skipped)} events lost at “Inside the data”" in labels
    assert f"{study.used} events used, with a move over [0,1]" in labels


def test_the_files_are_those_of_the_one_export_path():
    app = open_compare(part="files", bcat="peace_talks")
    labels = [button.label for button in app.get("download_button")]
    both = declared_of("nato_remark").n + declared_of("peace_talks").n
    assert f"CSV (moves, {both} rows)" in labels
    assert "CSV (headline, 3 rows)" in labels  # two groups and their difference
    assert f"CSV (paths, {16 * both:,} rows)" in labels  # 16 offsets
    assert f"CSV (events, {both} rows)" in labels


def test_a_row_of_a_file_names_its_group():
    from dashboard.models.analyses import Group
    from dashboard.services.compare import compare_groups

    open_page("compare")
    known = session.get_known_events().events
    groups = [
        Group(name, tuple(e for e in known if e.category == name))
        for name in ("nato_remark", "peace_talks")
    ]
    answer = compare_groups(session.load_series("usd_rub_cbr"), groups, known, StudyRequest())
    lines = comparison_file(answer, "tests").decode().splitlines()
    assert {line.split(",")[0] for line in lines[1:]} == {
        "nato_remark", "peace_talks", "difference",
    }  # fmt: skip
    rows = comparison_file(answer, "headline").decode().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["nato_remark", "peace_talks", "difference"]


# ------------------------------------------------------------------ the link


def test_a_second_group_is_added_exchanged_and_dropped():
    app = press(open_compare(), "Add a second group")
    assert app.query_params["bcat"] == "sanctions"
    app = press(app, "Exchange the two groups")
    assert app.query_params["cat"] == "sanctions"
    assert app.query_params["bcat"] == "nato_remark"
    app = press(app, "Drop the second group")
    assert "bcat" not in app.query_params


YEAR = {"from": "2025-01-01", "to": "2025-12-31"}


def choose(app, key, option):
    """Click one of the options of a group."""
    app.get_by_key(key).set_value(option)
    return app.run()


def test_a_second_group_takes_the_dates_of_the_first_and_a_click_replaces_it():
    app = choose(open_compare(**YEAR), "compare:bcat", "sanctions")
    assert app.query_params["bcat"] == "sanctions"
    assert (app.query_params["bfrom"], app.query_params["bto"]) == ("2025-01-01", "2025-12-31")
    app = choose(app, "compare:bcat", "escalation")
    assert app.query_params["bcat"] == "escalation"
    assert app.query_params["bfrom"] == "2025-01-01"


def test_a_year_is_one_click_and_equal_dates_move_together():
    app = choose(open_compare(bcat="sanctions"), "compare:year", "2025")
    for key, day in (("from", "2025-01-01"), ("to", "2025-12-31")):
        assert app.query_params[key] == app.query_params[f"b{key}"] == day
    app = choose(app, "compare:byear", "2024")
    assert app.query_params["bfrom"] == "2024-01-01"
    assert app.query_params["from"] == "2025-01-01"
    # Now the dates differ, and each group keeps its own.
    app = choose(app, "compare:year", "")
    assert "from" not in app.query_params
    assert app.query_params["bfrom"] == "2024-01-01"


def test_the_path_of_each_event_is_drawn_where_it_is_wanted():
    def names(app):
        return [trace["name"] for trace in figure_of(app)["data"]]

    assert names(open_compare()) == [
        "95 % of the whole path",
        "95 % at each offset",
        "NATO remarks",
    ]
    app = open_compare(paths="each")
    assert names(app)[0] == "NATO remarks: each event"
    low, high = figure_of(app)["layout"]["yaxis"]["range"]
    drawn = [y for y in figure_of(app)["data"][0]["y"] if y is not None]
    assert low < min(drawn)
    assert max(drawn) < high


def test_all_categories_are_one_word_in_the_link():
    app = open_compare(cat="all")
    assert "after events of every kind" in question(app)
    assert app.query_params["cat"] == "all"


def test_settings_of_a_study_are_those_of_the_command_line():
    app = open_compare(window="-10:20", car="0:5", overlap="first", estimation="250", gap="5",
                       pool="all", clean="1", model="none")  # fmt: skip
    assert "in the 20 fixings after" in question(app)
    assert "over the first six fixings" in words_of(app)


def test_a_dot_that_was_clicked_opens_the_page_of_its_event():
    app = open_compare()
    app.session_state[OPEN_EVENT_KEY] = "kellogg-nato-off-table-2025-04-20"
    app.run()
    assert not app.exception
    assert app.query_params["id"] == "kellogg-nato-off-table-2025-04-20"


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ({"cat": "weather"}, "cat=weather"),
        ({"series": "gold"}, "series=gold"),
        ({"window": "soon"}, "window=soon"),
        ({"model": "tea-leaves"}, "model=tea-leaves"),
        ({"from": "2024-02-01", "to": "2023-02-01"}, "from=2024-02-01"),
        ({"overlap": "maybe"}, "overlap=maybe"),
    ],
)
def test_what_is_no_setting_is_ignored_and_told(link, told):
    app = open_compare(**link)
    assert told in words_of(app)
    assert f"{declared_of('nato_remark').n} events)" in headline(app)


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ({"model": "market"}, "Model market: explains the move by that of another series"),
        ({"car": "0:20"}, "Car 0:20: lies outside the event window -5:10"),
        ({"window": "10:-5"}, "Window 10:-5: the window ends before it starts"),
        ({"window": "-2h:6h"}, "need a series of bars"),
        ({"estimation": "2"}, "Estimation 2: too short to learn from"),
        ({"window": "-400:400"}, "is longer than 500 observations"),
    ],
)
def test_what_cannot_be_together_is_one_sentence(link, told):
    app = open_compare(**link)
    warned = " ".join(each.value for each in app.warning)
    assert told in warned.replace("\\", "").replace(JOINER, "")
    assert not app.get("plotly_chart")
    assert [button for button in app.button if button.label == "Reset"]


def test_a_model_with_its_factor_answers():
    app = open_compare(model="market", factor="brent_eia")
    assert app.get("plotly_chart")
    assert not app.warning


def test_a_series_that_is_no_rouble_goes_up_and_down():
    words = words_of(open_compare(series="brent_eia"))
    assert "Brent crude" in words
    assert "rouble stronger" not in words


# ------------------------------------------------------------------ few and none


def test_a_group_without_events_says_so_and_offers_the_way_out():
    app = open_compare(**{"from": "1990-01-01", "to": "1990-12-31"})
    assert "No event fits the group that is asked for" in words_of(app)
    assert not app.get("plotly_chart")
    app = press(app, "Clear the group")
    assert f"{declared_of('nato_remark').n} events)" in headline(app)


def test_an_empty_second_group_leaves_the_first_its_answer():
    app = open_compare(bcat="other")
    words = words_of(app)
    assert "No verdict on the difference: no move to show for other events" in words
    assert app.get("plotly_chart")


def test_a_group_after_the_data_says_where_it_was_lost():
    app = open_compare(cat="all", **{"from": "2026-09-10"})
    assert "No event of the group can be measured here" in words_of(app)
    assert any("Inside the data" in fold.label for fold in app.expander)


def test_a_group_of_few_episodes_has_no_verdict_and_lists_its_events():
    app = open_compare(**{"from": "2025-04-01", "to": "2025-04-30"})
    words = words_of(app)
    assert (
        "Too few separate episodes for a verdict (1 cluster; 8 are needed): read the events one by"
        " one"
    ) in words
    assert "nusual" not in words
    (moves,) = [each for each in app.expander if each.label.startswith("The moves as a table")]
    assert moves.proto.expanded
    assert len(app.table[-1].value) == 2
    names = [trace["name"] for trace in figure_of(app)["data"]]
    assert names == ["NATO remarks: each event"]


def test_the_same_group_twice_is_shown_once():
    app = open_compare(bcat="nato_remark")
    assert "Both groups ask for the same events" in words_of(app)


def test_a_note_is_text_wherever_it_stands():
    open_page("compare")
    from datetime import date

    add_note(
        session.get_context().notes,
        Draft(title=HOSTILE, day=date(2025, 4, 22), category="nato_remark", tags=("a<b>",)),
    )
    for part in PART_TITLES:
        app = open_compare(part=part, tag="a<b>")
        assert "tagged a\\<b\\>" in question(app)
        for figure in figures_of(app):
            assert "<b>x" not in json.dumps(figure)


def test_the_answer_by_period_is_that_of_the_study_of_its_events():
    app = open_page("compare", part="periods", cat="monetary_policy", split="2022-03-14")
    assert not app.exception
    known = session.get_known_events().events
    series = session.load_series("usd_rub_cbr")
    events = [e for e in known if e.category == "monetary_policy"]
    (table,) = [t.value for t in app.table if "Answer" in t.value]
    before = [e for e in events if str(e.day) < "2022-03-12"]
    (headline, *_) = run_study([series], before, StudyRequest(), known=known).headlines
    assert str(table["Events"].iloc[0]) == str(headline.n)
    assert str(table["Clusters"].iloc[0]) == str(headline.clusters)
    assert "not unusual" in table["Answer"].iloc[0]
    assert len(table) == 2


def test_a_split_at_no_day_of_the_data_is_refused_in_words():
    app = open_page("compare", part="periods", split="1990-01-01")
    assert not app.exception
    assert any("nowhere" in warning.value for warning in app.warning)
