"""`article`: a pasted text, a page, a link, and the message where there is none of them."""

from __future__ import annotations

import io
import sys

import pytest

from tests.nlp.measure import texts

ISSUE = texts("texts")[0]["text"]
STAMP = '<meta property="article:published_time" content="2025-04-22T10:15:00+03:00">'
PAGE = (
    f'<!doctype html><html><head><meta charset="utf-8"><title>The rouble firms</title>{STAMP}'
    f"</head><body><article><p>{ISSUE.replace('. ', '.</p><p>')}</p></article></body></html>"
)


@pytest.fixture
def pasted(monkeypatch):
    def paste(content):
        content = content.encode() if isinstance(content, str) else content
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return paste


def days_and_actors(answer):
    return [(item["day"], item["actor"]) for item in answer.json["statements"]]


CANDIDATES = [
    ("2025-04-20", "Keith Kellogg"),
    ("2025-04-21", "Dmitry Peskov"),
    ("2025-04-18", "Donald Trump"),
]


def test_a_pasted_text_is_read_and_its_claims_are_checked(run_cli, pasted):
    pasted(ISSUE)
    answer = run_cli("article", "-", "--published", "2025-04-22", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert days_and_actors(answer) == CANDIDATES
    assert answer.json["published"] == {
        "day": "2025-04-22", "moment": None, "precision": "day", "origin": "given",
    }  # fmt: skip
    verdicts = [
        {(v["series"], v["verdict"]) for v in claim["verdicts"]} for claim in answer.json["claims"]
    ]
    assert ("usd_rub_cbr", "true") in verdicts[0]
    assert ("usd_rub_cbr", "about") in verdicts[1]
    assert ("usd_rub_cbr", "false") in verdicts[2]
    assert all(("usd_rub_ecb", "cannot be known") in item for item in verdicts)


def test_a_page_says_itself_when_it_was_published(run_cli, write_file):
    answer = run_cli("article", write_file("page.html", PAGE), "--json")
    assert answer.code == 0, answer.err
    assert days_and_actors(answer) == CANDIDATES
    assert answer.json["published"]["origin"] == "open-graph"
    assert answer.json["published"]["moment"] == "2025-04-22T07:15:00Z"
    assert answer.json["title"] == "The rouble firms"


def test_a_person_reads_the_sentence_next_to_every_candidate(run_cli, write_file):
    message = run_cli("article", write_file("a.txt", ISSUE), "--published", "2025-04-22").out
    assert "3 candidates; nothing is stored" in message
    assert "1. 20 Apr 2025 · Keith Kellogg · nato_remark" in message
    assert "   Trump had warned on Friday that Washington would walk away" in message
    assert (
        "not since then: usd_rub_cbr: 80.7597 on 21 Apr 2025, the strongest since"
        " 30 May 2023 (80.6872), not June 2024" in message
    )
    assert "false: usd_rub_cbr: 25.90 % stronger in USD per RUB" in message
    assert (
        "usd_rub_cbr: a gain of 40 % counted in USD per RUB needs a base of 113.0636; last there"
        " on 14 Mar 2022 (115.1963)" in message
    )


def test_nothing_is_stored(run_cli, write_file):
    before = run_cli("events", "list", "--origin", "note", "--json").out
    run_cli("article", write_file("a.txt", ISSUE), "--published", "2025-04-22")
    assert run_cli("events", "list", "--origin", "note", "--json").out == before


def test_a_moment_without_a_zone_is_moscow_time(run_cli, write_file):
    for typed in ("2025-04-22T00:30", "2025-04-21T21:30Z"):
        answer = run_cli("article", write_file("a.txt", ISSUE), "--published", typed, "--json")
        assert answer.json["published"]["moment"] == "2025-04-21T21:30:00Z"


def test_one_series_may_be_requested(run_cli, write_file):
    answer = run_cli("article", write_file("a.txt", ISSUE), "--published", "2025-04-22", "--rates",
                   "usd_rub_cbr", "--json")  # fmt: skip
    series = {v["series"] for claim in answer.json["claims"] for v in claim["verdicts"]}
    assert series == {"usd_rub_cbr"}


def test_what_an_article_says_cannot_steer_the_terminal(run_cli, write_file):
    text = "Putin said on Sunday that \x1b[2J\x07 peace talks \u202e are near."
    answer = run_cli("article", write_file("a.txt", text), "--published", "2025-04-22")
    assert "Vladimir Putin" in answer.out
    assert "\x1b" not in answer.out
    assert "\u202e" not in answer.out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a.html: is empty"),
        (b'{"a": 1}', "a.html: is JSON"),
        (b"%PDF-1.7", "a.html: is a PDF"),
        (b"<html><title>Just a moment...</title><p>Checking", "a.html: is a check for robots"),
    ],
)
def test_what_is_no_article_is_reported_in_one_line(run_cli, write_file, content, message):
    answer = run_cli("article", write_file("a.html", content))
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: {message}")
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("http://127.0.0.1/", "link http://127.0.0.1/: leads to an address that is not public"),
        ("http://169.254.169.254/", "leads to an address that is not public"),
        ("http://[::1]/", "leads to an address that is not public"),
        ("http://2130706433/", "writes an address in an unusual way"),
        ("file:///etc/passwd", "does not begin with http:// or https://"),
        ("http://me@example.org/", "holds a user name"),
        ("gone.html", "gone.html: there is no such file"),
        (".", "is a folder"),
    ],
)
def test_what_may_not_be_followed_is_reported_in_one_line(run_cli, source, message):
    answer = run_cli("article", source)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("variable", ["DASHBOARD_OFFLINE", "DASHBOARD_UPSTREAM"])
def test_offline_no_link_is_followed(run_cli, monkeypatch, variable):
    monkeypatch.delenv("DASHBOARD_OFFLINE", raising=False)
    monkeypatch.setenv(variable, "1" if variable.endswith("OFFLINE") else "http://127.0.0.1:1")
    answer = run_cli("article", "https://example.org/a")
    assert answer.code == 2
    assert f"is not followed while {variable} is set" in answer.err


@pytest.mark.parametrize(
    "typed", ["yesterday", "2025-02-30", "22.04.2025", "٢٠٢٥-٠٤-٢٢", "2025-04-22T25:00"]
)
def test_a_wrong_day_is_reported_in_one_line(run_cli, write_file, typed):
    answer = run_cli("article", write_file("a.txt", ISSUE), "--published", typed)
    assert answer.code == 2
    assert answer.err.startswith("error: --published ")
    assert answer.err.count("\n") == 1


LEAD = (
    "Trump welcomes the Kremlin's answer on a ceasefire\n"
    "The White House has praised the answer as a step towards talks on a ceasefire.\n"
    "In a recent post Zelensky said he expects peace talks this month. Russia annexed Crimea in"
    " 2014.\n"
    "The rouble strengthened to around 80 against the U.S. dollar on Monday, its highest level"
    " since June 2024. It was at 82.80 per dollar in the over-the-counter market on 19 March 2025,"
    " a gain of 27 % since the start of the year.\n"
)


def test_an_event_without_a_day_and_background_are_proposed_as_what_they_are(run_cli, write_file):
    options = (write_file("lead.txt", LEAD), "--published", "2025-04-21", "--json")
    answer = run_cli("article", *options)
    assert answer.code == 0, answer.err
    statements = [
        (item["day"], item["end_day"], item["actor"], item["background"], bool(item["known"]))
        for item in answer.json["statements"]
    ]
    assert statements == [
        ("2025-04-21", "2025-04-21", "Donald Trump", False, False),
        ("2025-04-15", "2025-04-21", "Volodymyr Zelensky", False, False),
        ("2014-01-01", "2014-12-31", "Russia", True, False),
    ]
    assert "the day of publication is inferred" in answer.json["statements"][0]["doubt"]


def test_a_number_of_another_market_is_another_number_with_its_difference(run_cli, write_file):
    """The record of 20 March 2025 in usd_rub_cbr.csv is 82.8487, 0.0487 above 82.80."""
    file = write_file("lead.txt", LEAD)
    answer = run_cli(
        "article", file, "--published", "2025-04-21", "--rates", "usd_rub_cbr", "--json"
    )
    verdicts = [
        {(v["verdict"]) for v in claim["verdicts"] if v["claimed_base"]}
        for claim in answer.json["claims"]
    ]
    assert verdicts == [{"another number"}] * 4
    message = run_cli("article", file, "--published", "2025-04-21", "--rates", "usd_rub_cbr").out
    assert "82.8487 on 19 Mar 2025, 0.0487 (0.06 %) above the 82.80 of the over-the-counter" in (
        message.replace("\u202f", " ").replace("\u2009", " ")
    )


def test_what_the_catalogue_has_is_named(run_cli, write_file):
    message = run_cli("article", write_file("a.txt", ISSUE), "--published", "2025-04-22").out
    assert "already listed: Kellogg says NATO membership is off the table for Ukraine" in message
