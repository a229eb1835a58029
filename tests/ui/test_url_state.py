"""Parameters of a link are read and written; what cannot be read is ignored with a notice."""

from datetime import date

import pytest

from dashboard.ui.url_state import (
    build_link,
    choice_param,
    choices_param,
    count_param,
    day_param,
    format_ignored_notice,
    name_param,
    parse_link,
    text_param,
)

PARAMS = (
    day_param("from"),
    day_param("to"),
    choices_param("cat", ("sanctions", "energy", "domestic")),
    text_param("q"),
    choice_param("up", ("weaker", "inverted", "usd"), "weaker"),
    name_param("series", "usd_rub_cbr", "eur_rub_ecb"),
    count_param("n", 5, 1, 20),
)


def test_an_empty_link_means_the_defaults():
    reading = parse_link(PARAMS, {})
    assert reading.values == {
        "from": None,
        "to": None,
        "cat": (),
        "q": "",
        "up": "weaker",
        "series": "usd_rub_cbr",
        "n": 5,
    }
    assert reading.ignored == ()


def test_a_link_is_read_whatever_the_order_of_its_keys():
    link = {"up": ["usd"], "cat": ["energy", "sanctions"], "from": ["2022-01-01"], "n": ["7"]}
    values = parse_link(PARAMS, link).values
    assert values["up"] == "usd"
    assert values["cat"] == ("sanctions", "energy")
    assert values["from"] == date(2022, 1, 1)
    assert values["n"] == 7


def test_defaults_are_left_out_of_a_written_link():
    values = parse_link(PARAMS, {}).values
    assert build_link(PARAMS, values) == {}
    assert build_link(PARAMS, values | {"to": date(2022, 6, 30), "up": "usd"}) == {
        "to": ["2022-06-30"],
        "up": ["usd"],
    }


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("from", "2022-02-31"),
        ("from", "yesterday"),
        ("from", ""),
        ("up", "sideways"),
        ("up", "WEAKER"),
        ("n", "0"),
        ("n", "21"),
        ("n", "many"),
        ("n", "9" * 5_000),
        ("series", "../../etc/passwd"),
        ("series", "<b>"),
        ("q", "x" * 201),
        ("win", "99"),
    ],
)
def test_a_bad_or_unknown_setting_keeps_its_default_and_is_told(key, text):
    reading = parse_link(PARAMS, {key: [text]})
    assert reading.values == parse_link(PARAMS, {}).values
    assert len(reading.ignored) == 1
    assert reading.ignored[0].startswith(f"{key}=")
    assert len(reading.ignored[0]) <= 40


def test_the_good_ones_of_a_repeated_key_are_kept():
    reading = parse_link(PARAMS, {"cat": ["foo", "energy"]})
    assert reading.values["cat"] == ("energy",)
    assert reading.ignored == ("cat=foo",)


def test_the_last_of_a_single_key_counts():
    assert parse_link(PARAMS, {"up": ["usd", "inverted"]}).values["up"] == "inverted"


def test_control_characters_of_a_search_are_dropped():
    assert parse_link(PARAMS, {"q": ["  swift\x00\u202e  ban "]}).values["q"] == "swift ban"


def test_the_notice_counts_in_words():
    assert format_ignored_notice(()) == ""
    assert format_ignored_notice(("cat=foo",)) == (
        "1 setting in this link is not valid and was ignored: cat=foo."
    )
    assert format_ignored_notice(("cat=foo", "win=99")) == (
        "2 settings in this link are not valid and were ignored: cat=foo, win=99."
    )
    assert format_ignored_notice(tuple(f"k{k}=1" for k in range(9))).endswith("k4=1 and 4 more.")
