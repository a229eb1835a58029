"""The report of a claim check: the sentence of the journalist as title, tables and paragraph."""

from datetime import UTC, date, datetime

import pytest

from dashboard.presentation.quoting import QuoteMode
from dashboard.presentation.reports import ReportContext, build_claim_report
from dashboard.services.claims import answer_claim, parse_claims
from dashboard.sources.rates.bundled import BundledRates
from dashboard.ui.pages.facts import state as facts_state
from dashboard.ui.pages.facts.state import EXAMPLES, FactsState, build_claim_chart
from tests.made_report import HOSTILE

PAGE = "http://127.0.0.1:8501/facts"
MOMENT = datetime(2026, 11, 26, 9, tzinfo=UTC)


def links(n):
    return [
        ReportContext(MOMENT, f"{PAGE}?claim={k}", f"{PAGE}?claim={k}&asof=then") for k in range(n)
    ]


@pytest.fixture(scope="module")
def series():
    shipped = BundledRates()
    return [shipped.get(card.id) for card in shipped.cards()]


EXAMPLE = EXAMPLES[0].sentence


def report_of(series, sentence, notices=()):
    claims = parse_claims(sentence, date(2025, 4, 21))
    answers = tuple(answer_claim(claim, series, "usd_rub_cbr") for claim in claims)
    state = FactsState(answers, (), QuoteMode.WEAKER, phone=True, dark=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(facts_state.session, "load_daily_series", lambda: series)
        chart = build_claim_chart(state)
    return build_claim_report(answers, chart, series, links(len(answers)), notices)


@pytest.fixture(scope="module")
def report(series):
    return report_of(series, EXAMPLE, ("Sunday has no rate.",))


def test_the_title_answers_each_claim_of_the_sentence(report):
    assert report.title.replace("\u202f", " ") == (
        "About 80 RUB per USD? Yes. Strongest since June 2024? Not since then."
        " More than 40 % stronger than at the start of the year? No."
    )
    assert report.question == f"Is it so? “{EXAMPLE}”"


def test_the_words_are_those_of_the_page_and_the_paragraph_is_whole(report):
    texts = "\n".join(report.paragraphs).replace("\u202f", " ")
    for text in (
        "Strongest since June 2024? Not since then: it was last this strong on 30 May 2023"
        " (80.6872).",
        # 80.7597/101.6797 - 1 = -20.574 %, 101.6797/80.7597 - 1 = +25.904 %
        "RUB per USD −20.57 %, USD per RUB +25.90 %",
        "as known on 26 Nov 2026, 12:00 MSK",
        f"{PAGE}?claim=0 {PAGE}?claim=1 {PAGE}?claim=2",
    ):
        assert text in texts


def test_there_is_a_table_for_each_claim_without_the_marks_of_the_screen(report):
    record = next(t for t in report.tables if t.title.startswith("Strongest since June 2024?"))
    assert record.columns == ("Verdict", "Source", "That day", "Last at least as strong", "Why")
    assert record.rows[0][:4] == (
        "not since then",
        "USD/RUB, Bank of Russia",
        "80.7597, 21 Apr 2025 (record of 22 Apr 2025)",
        "80.6872, 30 May 2023 (record of 31 May 2023)",
    )
    assert record.rows[-1][:2] == ("no data", "Market quotes, over the counter")
    change = next(t for t in report.tables if t.title.startswith("More than 40"))
    assert {row[0] for row in change.rows} == {"false", "no data"}
    assert not any("*" in cell or "\\" in cell for t in report.tables for r in t.rows for cell in r)


def test_chart_sources_cautions_and_links_are_there(report):
    (chart,) = report.charts
    assert chart.title == "80.7597 RUB per USD on 21 Apr 2025"
    assert "claimed level 80.0000" in chart.alt
    assert report.sources[0].name == "Bank of Russia"
    assert report.sources[0].as_of == "data to 1 Sep 2026"
    assert len(report.sources) == len({source.definition for source in report.sources}) == 2
    assert report.cautions[0] == "Sunday has no rate."
    assert report.cautions[1].startswith("Over-the-counter market quotes are not in our data")
    assert [link.url for link in report.links][:2] == [
        "facts?claim=0", "facts?claim=0&asof=then",
    ]  # fmt: skip
    assert report.links[3].label == (
        "Frozen page (as known on 26 Nov 2026, 12:00 MSK), Strongest since June 2024?"
    )
    assert len(report.links) == 6


def test_a_claim_about_a_day_without_data_says_so_without_a_chart(series):
    claims = parse_claims("the rouble is at about 80", date(1999, 4, 21))
    answers = [answer_claim(claim, series) for claim in claims]
    texts = build_claim_report(answers, None, series, links(1))
    assert texts.title == "About 80 RUB per USD? No data."
    assert texts.charts == ()
    assert len(texts.links) == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_sentence_stays_one_line_of_text(series, text):
    texts = report_of(series, f"The rouble is at about 80 per dollar, {text}")
    assert "\n" not in texts.question
    assert texts.charts[0].figure["layout"]
