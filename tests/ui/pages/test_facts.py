"""Check a claim: the sentence of the journalist on the bare page, and every claim by a link."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.services.claims import ClaimQuery, claim_from_query
from dashboard.ui.components.elements import build_claim_query, build_level_query
from dashboard.ui.pages.facts.state import EXAMPLES
from tests.ui.app_in_test import code_of, figure_of, open_page, press, words_of


def plain_words(app):
    """The words of a page without the backslashes and joiners that keep Markdown tame."""
    return words_of(app).replace("\\", "").replace("\u2060", "").replace("\u202f", " ")


def verdicts_of(app):
    """Source and verdict of every table but that of the chart."""
    tables = [t.value for t in app.table if "Verdict" in t.value.columns]
    return [list(zip(t["Source"], t["Verdict"], strict=True)) for t in tables]


def open_example(number=1):
    return open_page("facts").button(key=f"facts.example.{number}").click().run()


@pytest.fixture(scope="module")
def bare():
    return open_example()


@pytest.fixture(autouse=True, scope="module")
def home(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("DASHBOARD_OFFLINE", "1")
        yield


# ------------------------------------------------------------------ the sentence


def test_an_example_is_the_sentence_of_the_journalist(bare):
    assert not bare.exception
    assert [head.value for head in bare.title] == ["1 of 3 claims holds"]
    words = plain_words(bare)
    for told in (
        "About 80 RUB per USD?",
        "True] **About 80 RUB per USD?**",
        "80.7597 RUB per USD on 21 Apr 2025.",
        "Strongest since June 2024?",
        "Not since then] **Strongest",
        "It was last this strong on 30 May 2023 (80.6872).",
        "More than 40 % stronger than at the start of the year?",
        # 80.7597/101.6797 - 1 = -20.574 %, 101.6797/80.7597 - 1 = +25.904 %
        "Stronger (RUB per USD −20.57 %, USD per RUB +25.90 %) than the last rate"
        " of the year before, 28 Dec 2024 (101.6797)",
        # 80.7597 x 1.4 = 113.0636
        "A gain of 40 % counted in USD per RUB needs a base of 113.0636; last there on"
        " 14 Mar 2022 (115.1963).",
    ):
        assert told in words
    assert bare.query_params == {"example": "1"}


def test_every_source_and_base_has_its_verdict_and_the_unknown_its_reason(bare):
    level, record, change = verdicts_of(bare)
    assert level[0] == ("USD/RUB, Bank of Russia", "**true**")
    assert ("USD/RUB, ECB cross", "**no data**") in level
    assert record[0] == ("USD/RUB, Bank of Russia", "**not since then**")
    assert level[-1] == ("Market quotes, over the counter", "no data")
    # Seven bases on each of the two sources that have the day, one row for the others.
    assert [name for name, _ in change].count("USD/RUB, Bank of Russia") == 7
    assert len(change) == 7 + 7 + 1 + 1
    (table,) = [t.value for t in bare.table if "Compared with" in t.value.columns]
    assert "it would have to start from 134.5995 or 113.0636" in table["Why"].iloc[-1]
    assert "the last rate is of 1 Mar 2022" in table["Why"].tolist()


def test_the_paragraph_holds_numbers_record_dates_source_and_a_link_for_each_claim(bare):
    (text,) = [code for code in code_of(bare) if "Source:" in code]
    for told in (
        "stood at 80.7597 RUB per USD, record of 22 Apr 2025.",
        "strongest since 30 May 2023 (80.6872 RUB per USD, record of 31 May 2023), not since June",
        "Source: USD/RUB, Bank of Russia, https://www.cbr.ru/",
        "facts?day=2025-04-21&kind=level&value=80&how=about",
        "facts?day=2025-04-21&kind=strongest&since=2024-06",
        "facts?day=2025-04-21&kind=up&value=40&how=more&base=year_start",
    ):
        assert told in text
    assert "journalist" not in text


def test_the_chart_marks_day_level_span_and_bases(bare):
    figure = figure_of(bare)
    marks = next(trace for trace in figure["data"] if trace["mode"] == "markers")
    assert marks["x"] == ["2023-05-30", "2024-12-28", "2025-01-09", "2025-04-21"]
    assert marks["y"] == [80.6872, 101.6797, 102.2911, 80.7597]
    (span,) = [s for s in figure["layout"]["shapes"] if s["type"] == "rect"]
    assert (span["x0"], span["x1"]) == ("2024-06-01", "2025-04-21")
    levels = [
        s["y0"] for s in figure["layout"]["shapes"] if s.get("line", {}).get("dash") == "dash"
    ]
    assert levels == [80.0]
    alt = bare.get("plotly_chart")[0].proto.alt
    assert "on 21 Apr 2025 80.7597" in alt
    assert "the span since June 2024 is shaded" in alt


def test_the_page_opens_empty():
    app = open_page("facts")
    assert [head.value for head in app.title] == ["Check a claim"]
    assert app.text_area[0].value == ""
    assert verdicts_of(app) == []
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_example_has_claims_of_its_own_day(number):
    app, day = open_example(number), EXAMPLES[number - 1].day
    assert app.date_input[0].value == day
    assert verdicts_of(app)
    assert f"{day:%Y}" in plain_words(app)


def test_a_sentence_of_ones_own_is_of_today_and_never_in_the_link():
    app = open_example()
    app.text_area[0].set_value("The rouble fell to 110 per dollar, its weakest since March 2022")
    app.run()
    assert app.date_input[0].value == datetime.now(ZoneInfo("Europe/Moscow")).date()
    assert app.query_params == {}
    words = plain_words(app)
    assert "110 RUB per USD?" in words
    assert "Weakest since March 2022?" in words
    assert "No data: the last rate is of 1 Sep 2026" not in words  # the badge has said it
    assert "The last rate is of 1 Sep 2026." in words
    assert not any("fell" in code for code in code_of(app))
    press(app, "Check it for 1 Sep 2026, the last rate")
    assert app.query_params == {"day": "2026-09-01"}
    assert "on 1 Sep 2026." in plain_words(app)


def test_a_text_without_a_claim_says_what_can_be_checked():
    app = open_page("facts")
    app.text_area[0].set_value("Nothing about any rate <script>alert(1)</script>").run()
    assert not app.exception
    assert "No claim about the rouble's rate was recognised" in plain_words(app)


# ------------------------------------------------------------------ one claim by a link


def test_a_link_asks_one_claim():
    app = open_page("facts", day="2024-11-28", kind="weakest", since="2022-03")
    # 109.5782 on 28 November 2024: the last higher one was in March 2022.
    assert "Weakest since March 2022?" in plain_words(app)
    assert "True] **Weakest since March 2022?**" in plain_words(app)
    assert len(verdicts_of(app)) == 1


def test_the_quote_switch_turns_the_chart_and_never_the_words():
    usual = open_page("facts", kind="up", day="2025-04-21", value="20", base="year_end")
    turned = open_page("facts", kind="up", day="2025-04-21", value="20", base="year_end", up="usd")
    marks = [
        next(t for t in figure_of(a)["data"] if t["mode"] == "markers") for a in (usual, turned)
    ]
    assert marks[1]["y"] == pytest.approx([1 / y for y in marks[0]["y"]], abs=1e-8)
    assert "Stronger (RUB per USD −20.57" in plain_words(turned)


def test_a_weekend_day_uses_the_rate_in_force_and_says_so():
    words = plain_words(open_page("facts", day="2025-04-20", kind="level", value="81.1371"))
    assert "Sun 20 Apr 2025 is a weekend day of USD/RUB, Bank of Russia" in words
    assert "the rate in force, fixed on 18 Apr 2025 and dated 19 Apr 2025, is used" in words
    assert "True] **About 81.1371 RUB per USD?**" in words


def test_a_day_in_the_future_cannot_be_known():
    words = plain_words(open_page("facts", day="2099-01-01", kind="level", value="81"))
    assert "1 Jan 2099 lies in the future; nothing can be known about it yet." in words
    assert "No data] **About 81 RUB per USD?**" in words
    assert "The last rate is of 1 Sep 2026." in words


def test_a_day_before_every_rate_cannot_be_known():
    words = plain_words(open_page("facts", day="1999-01-01", kind="level", value="81"))
    assert "No data] **" in words
    assert "efore the data of usd_rub_cbr; they start on 9 Jan 2013" in words


def test_a_day_before_the_official_rate_is_answered_by_the_series_that_has_it():
    app = open_page("facts", day="2010-06-01", kind="level", value="31")
    assert "the answer is that of USD/RUB, ECB cross" in plain_words(app)


def test_an_unknown_series_and_impossible_settings_are_told():
    app = open_page("facts", series="nothing", value="-4", since="June", base="moon")
    words = plain_words(app)
    assert not app.exception
    for told in ("series=nothing", "value=-4", "since=June", "base=moon"):
        assert told in words


def test_a_period_after_the_day_is_refused_in_a_line():
    app = open_page("facts", day="2025-04-21", kind="strongest", since="2025-06")
    assert "since 2025-06: lies after 2025-04-21; give an earlier day" in plain_words(app)


def test_another_currency_is_checked_on_its_own_series():
    app = open_page("facts", day="2022-02-22", kind="level", value="90", cur="EUR")
    assert "About 90 RUB per EUR?" in plain_words(app)
    assert any("EUR/RUB, ECB" in name for name, _ in verdicts_of(app)[0])


# ------------------------------------------------------------------ links from elsewhere


def test_the_event_page_leads_to_a_claim_about_its_day():
    app = open_page("event", id="kellogg-nato-off-table-2025-04-20")
    links = [link.proto for link in app.get("page_link")]
    (found,) = [link for link in links if "Check a claim about 21 Apr 2025" in link.label]
    assert found.query_string == (
        "day=2025-04-21&kind=level&value=80.7597&how=exact&series=usd_rub_cbr"
    )


def test_a_claim_becomes_a_link_and_an_open_one_none():
    asked = ClaimQuery(date(2025, 4, 21), "strongest", since="2024-06", currency="CNY")
    assert build_claim_query(claim_from_query(asked)) == {
        "day": "2025-04-21", "kind": "strongest", "since": "2024-06", "cur": "CNY",
    }  # fmt: skip
    assert build_level_query(date(2025, 4, 21), 80.7597, "one")["value"] == "80.7597"
