"""The report of an event: the answer as a sentence, every table of the page, every caution."""

from datetime import UTC, date, datetime

import pytest

from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.presentation.reports import (
    ReportContext,
    build_event_report,
    build_event_source,
    build_event_url,
)
from tests.made_report import table_of
from tests.made_series import made_series
from tests.presentation.made_view import CARD, event, made_view, missing_move, move

MADE = ReportContext(datetime(2026, 11, 26, 9, tzinfo=UTC), "http://127.0.0.1:8501/event?id=said")


def report_of(view=None, mode=QuoteMode.WEAKER, made=MADE):
    series = made_series([80.0, 79.2], move_sign=-1)
    return build_event_report(view or made_view(), series, QuotedSeries(CARD, mode), "quiet", made)


def test_the_title_is_the_answer_as_a_sentence():
    report = report_of()
    # From 80.00 to 79.20: 100 ln(80 / 79.2) = 1.005.
    assert report.title == "Rouble 1.0\u202f% stronger after: Somebody said something"
    assert report.charts[0].title == report.title
    assert "“Somebody said something”" in report.question
    assert report.paragraphs[0].startswith("Rouble 1.0\u202f% stronger at the first fixing.")


def test_the_tables_are_those_of_the_page_in_plain_words():
    moves = table_of(report_of(), "Moves around the event")
    assert moves.columns[2:6] == ("RUB per USD", "Direction", "RUB per USD, %", "USD per RUB, %")
    (row,) = moves.rows
    assert row[2:7] == ("80.0000 → 79.2000", "▼ stronger", "−1.00\u202f%", "+1.01\u202f%", "−1.00")
    certain = table_of(report_of(), "How certain is that?")
    assert certain.rows[0][1:4] == ("−0.90 ± 1.20", "−0.75", "0.45 (N = 120)")
    path = table_of(report_of(), "The window, offset by offset")
    assert len(path.rows) == 6


def test_words_and_signs_turn_with_the_quote():
    (row,) = table_of(report_of(mode=QuoteMode.USD), "Moves around the event").rows
    assert row[3:6] == ("▲ stronger", "+1.01\u202f%", "−1.00\u202f%")


def test_a_move_without_numbers_says_why():
    view = made_view(moves=(missing_move((0, 5), "needs 3 more observations"),), path=())
    report = report_of(view)
    (row,) = table_of(report, "Moves around the event").rows
    assert row[1] == "not available yet: needs 3 more fixings"
    assert report.charts == ()


def test_cautions_sources_and_links_are_never_left_out():
    view = made_view(flags=("far_from_event",), moves=(move(crowd=(event(id="other"),)),))
    frozen = ReportContext(MADE.made_at, MADE.live, f"{MADE.live}&asof=2026-11-26")
    report = report_of(view, made=frozen)
    assert any("after the event (holidays or" in caution for caution in report.cautions)
    assert report.cautions[-1] == "A move near an event is no proof of its cause."
    assert [source.what for source in report.sources] == ["Rate", "Event"]
    # The series has two days from 1 January 2024 on.
    assert report.sources[0].as_of == "data to 2 Jan 2024"
    assert [link.url for link in report.links] == [
        "event?id=said",
        "event?id=said&asof=2026-11-26",
    ]
    assert report.made_at == "2026-11-26T09:00:00Z"
    assert ("As of", "26 Nov 2026, 12:00 MSK (live, when this was made)") in report.parameters


def test_of_a_frozen_page_the_report_says_as_of_when_and_leads_back_there():
    then = datetime(2026, 11, 20, 9, tzinfo=UTC)
    built = ReportContext(MADE.made_at, MADE.live, f"{MADE.live}&asof=2026-11-20T09:00Z", then)
    report = report_of(made=built)
    assert ("As of", "20 Nov 2026, 12:00 MSK (the page was frozen at this moment)") in (
        report.parameters
    )
    assert [(link.label, link.url) for link in report.links] == [
        ("Live page (follows the data)", "event?id=said"),
        (
            "Frozen page (as known on 20 Nov 2026, 12:00 MSK)",
            "event?id=said&asof=2026-11-20T09:00Z",
        ),
    ]


def test_a_private_note_that_only_crowds_has_no_words_in_the_report():
    mine = {"title": "Zanzibar talks", "category": "zanzibar", "text": "zanzibar"}
    note = event(id="mine", visibility="private", origin="note", **mine)
    texts = str(report_of(made_view(moves=(move(crowd=(note,)),), crowd=((0, note),))))
    assert "anzibar" not in texts
    assert "A private note" in texts
    assert "words of" not in texts
    shared = event(id="ours", origin="note", **mine)
    texts = str(report_of(made_view(moves=(move(crowd=(shared,)),), crowd=((0, shared),))))
    assert "Zanzibar talks" in texts


def test_a_private_note_that_is_the_event_stays_and_the_report_warns():
    report = report_of(made_view(event=event(title="Zanzibar talks", visibility="private")))
    assert report.title.endswith("after: Zanzibar talks")
    assert report.cautions[-2] == (
        "This holds the words of 1 private note of yours; whoever gets the file can read them."
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "https://bank.ru@evil.example", "ftp://x.y"]
)
def test_an_address_that_may_not_be_live_is_only_text(url):
    source = build_event_source(Event("x", date(2025, 4, 20), "t", source_url=url))
    assert (source.url, source.definition) == ("", url)
    good = build_event_source(Event("x", date(2025, 4, 20), "t", source_url="https://a.example/b"))
    assert (good.url, good.definition) == ("https://a.example/b", "")


def test_the_address_is_that_of_the_controls():
    view = made_view()
    assert build_event_url("http://h:1/", view, "-10:20", "all") == (
        "http://h:1/event?id=said&w=-10%3A20&pool=all&series=rub"
    )
    assert build_event_url("http://h:1", view, "-7:7", "near").endswith("?id=said&series=rub")
    with pytest.raises(InputError, match="is no address"):
        build_event_url("h:1", view, None, "quiet")


@pytest.mark.parametrize(
    ("url", "public", "written"),
    [
        ("http://127.0.0.1:8501/event?asof=2026-11-26T09%3A00Z", "", "event?asof=2026-11-26T09:00Z"),  # noqa: E501
        ("http://localhost/", "", ""),
        ("http://localhost:8501/?sel=2025-04-20", "", "/?sel=2025-04-20"),
        ("https://rates.example/event?id=x", "", "https://rates.example/event?id=x"),
        ("http://127.0.0.1:8501/rub/event?id=x", "https://rates.example/rub", "https://rates.example/rub/event?id=x"),
        ("https://rates.example/rub/?sel=2025-04-20", "https://rates.example/rub/", "https://rates.example/rub/?sel=2025-04-20"),
        ("http://127.0.0.1:8501/event?id=x", "https://rates.example/", "https://rates.example/event?id=x"),
    ],
)  # fmt: skip
def test_a_link_to_this_machine_is_never_written_into_a_file(url, public, written):
    assert ReportContext(MADE.made_at, url, public_url=public).publish(url) == written
