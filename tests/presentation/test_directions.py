"""The sentences that people copy: words, arrows, signs and numbers say the same, in every quote.

Expected numbers come from the file of rates as it ships, read by this test alone.
"""

import csv
import math
import random
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from dashboard import container
from dashboard.models.article import ClaimKind
from dashboard.models.event import Event
from dashboard.models.moves import EventView
from dashboard.presentation import claims
from dashboard.presentation.charts.event_window import build_window_chart, build_window_figure
from dashboard.presentation.events import format_citation, format_headline, get_main_move
from dashboard.presentation.palette import LIGHT_PALETTE
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.claims import ClaimQuery, answer_claim, claim_from_query
from dashboard.services.exports import TABLES
from dashboard.services.rates import daily_series, get_series
from dashboard.services.study import build_event_view
from tests.presentation.made_view import CARD
from tests.shipped_catalogue import AFTER_THE_RATES, COUNT, timed_ids

ROOT = Path(__file__).parents[2]
THIN = "\u202f"
CAUSAL = re.compile(
    r"\b(?:because|caus\w+|due to|react\w*|respon\w+|as a result|driven|thanks to|led to|trigger\w*"
    r"|owing to|impact\w*|affect\w*)\b",
    re.IGNORECASE,
)
DAY = r"\d{1,2} [A-Z][a-z]{2}(?: \d{4})?"
POOL = re.compile(
    r"(?:of (?:the )?|all )\d+ (?:days|windows), [A-Z][a-z]+ \d{4} to [A-Z][a-z]+ \d{4}, in units"
)
MOVE = re.compile(
    rf"was (?:(?P<size>(?:under )?[\d.]+){THIN}% (?P<word>stronger|weaker)|(?P<still>unchanged))"
    rf".*?: (?P<base>[\d.]+) → (?P<end>[\d.]+) (?P<unit>RUB per USD|USD per RUB),"
    rf" (?P<first>{DAY}) → (?P<last>{DAY})"
    rf" \((?P<u1>RUB per USD|USD per RUB) (?P<p1>[+−]?[\d.]+){THIN}%,"
    rf" (?P<u2>RUB per USD|USD per RUB) (?P<p2>[+−]?[\d.]+){THIN}%,"
    r" (?P<points>[+−]?[\d.]+) log pts\)"
)


def shipped():
    """Rates by market day: a record of the Bank of Russia is dated the day after its market."""
    with (ROOT / "data/rates/usd_rub_cbr.csv").open(encoding="utf-8") as lines:
        return {
            date.fromisoformat(row["date"]) - timedelta(days=1): float(row["rate"])
            for row in csv.DictReader(lines)
        }


RATES = shipped()


def signed(text):
    return float(text.replace("−", "-").replace("+", ""))


def day_in(text, year=None):
    words = text if len(text.split()) == 3 else f"{text} {year}"
    return datetime.strptime(words, "%d %b %Y").date()  # noqa: DTZ007 - a day


def own_words(sentence):
    """A sentence without what others wrote: titles in quotes, links, the name of the source."""
    return re.sub(r"“[^”]*”|https?://\S+", "", sentence.partition(" Event: ")[0])


@pytest.fixture(scope="module")
def views(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_HOME", str(tmp_path_factory.mktemp("home")))
        parts = container.build_context()
    events = parts.catalogue.events()
    series = get_series(parts.rates, "usd_rub_cbr")
    return tuple(build_event_view(series, event, events) for event in events)


def sentences(views, quote):
    for view in views:
        quoting = QuotedSeries(view.card, quote)
        yield view, quoting, format_citation(view, quoting, "near", "LINK")


def test_there_is_a_sentence_for_every_event_of_the_catalogue(views):
    assert len(views) == COUNT
    texts = [text for _, _, text in sentences(views, QuoteMode.WEAKER)]
    assert len(set(texts)) == COUNT
    assert sum("no move can be shown" in text for text in texts) == AFTER_THE_RATES


@pytest.mark.parametrize("quote", QuoteMode)
def test_no_sentence_says_that_news_moved_the_rate_or_that_a_move_is_significant(views, quote):
    for view, quoting, text in sentences(views, quote):
        for texts in (own_words(text), *format_headline(view, quoting)):
            assert not CAUSAL.search(texts), texts
            assert "significan" not in texts.lower(), texts
        assert ("igger than" in text) == bool(POOL.search(text)), text


@pytest.mark.parametrize("quote", QuoteMode)
def test_word_sign_arrow_and_number_of_a_sentence_agree_with_the_rates_that_ship(views, quote):
    checked = 0
    for view, quoting, text in sentences(views, quote):
        if "no move can be shown" in text:
            continue
        result = MOVE.search(text)
        assert result, text
        last = day_in(result["last"])
        first = day_in(result["first"], last.year)
        per_usd = RATES[first], RATES[last]
        is_usd = quote is QuoteMode.USD
        assert result["unit"] == ("USD per RUB" if is_usd else "RUB per USD")
        shown = [1 / rate for rate in per_usd] if is_usd else per_usd
        decimals = 6 if is_usd else 4
        assert [result["base"], result["end"]] == [f"{rate:.{decimals}f}" for rate in shown], text
        percents = {result["u1"]: signed(result["p1"]), result["u2"]: signed(result["p2"])}
        ratio = per_usd[1] / per_usd[0]
        assert percents["RUB per USD"] == pytest.approx(100 * (ratio - 1), abs=0.00501), text
        assert percents["USD per RUB"] == pytest.approx(100 * (1 / ratio - 1), abs=0.00501), text
        if result["still"]:
            assert ratio == 1
        else:
            assert result["word"] == ("weaker" if ratio > 1 else "stronger"), text
            change = abs(percents[result["unit"]])
            if not result["size"].startswith("under"):
                within = 0.0501 if change >= 0.1 else 0.00501
                assert float(result["size"]) == pytest.approx(change, abs=within + 0.005), text
            sign = -1 if is_usd else 1
            expected = sign * 100 * math.log(ratio)
            assert signed(result["points"]) == pytest.approx(expected, abs=0.00501), text
        rises = shown[1] > shown[0]
        arrow = quoting.arrow(get_main_move(view).log_points)
        assert arrow == ("■" if ratio == 1 else "▲" if rises else "▼"), text
        checked += 1
    assert checked == COUNT - AFTER_THE_RATES


def test_a_sentence_has_one_pair_of_brackets_around_its_hour(views):
    timed = [view for view in views if view.event.hour_kind]
    clock = r"(?:\d{1,2} \w{3} \d{4} )?\d\d:\d\d MSK, [^()]*UTC"
    said = {
        "statement": rf"\({clock}\)",
        "scheduled": rf"\(scheduled for {clock}\)",
        "published": rf"\(\w{{3}} \d{{1,2}} \w{{3}} \d{{4}}, first reported {clock}\)",
    }
    for view in timed:
        text = format_citation(view, QuotedSeries(view.card, QuoteMode.WEAKER), "quiet", "LINK")
        assert re.search(said[view.event.hour_kind], text), text
    assert sum(view.event.moment is not None for view in timed) == len(timed_ids())


def test_what_nobody_wrote_down_the_source_of_says_so():
    event = Event("made", date(2025, 4, 20), "Something", source_name="", source_url="")
    view = EventView(event, CARD, None, None, (), (), (), (), 0, None, None, None, reason="far")  # type: ignore[arg-type]
    text = format_citation(view, QuotedSeries(CARD, QuoteMode.WEAKER), "quiet", "LINK")
    assert "no move can be shown (far). Event: our catalogue, without a source. LINK" in text


# ---------------------------------------------------------------- check a claim


CHANGE = re.compile(
    rf"(?P<word>stronger|weaker|unchanged) \(RUB per USD (?P<rub>[+−]?[\d.]+){THIN}%,"
    rf" USD per RUB (?P<usd>[+−]?[\d.]+){THIN}%\) (?:than|and as it was at) [^(]*?"
    rf", (?P<day>{DAY}) \((?P<rate>[\d.,]+)\)"
)
RECORD = re.compile(
    rf"It was (?P<not>not )?the rouble's (?P<kind>strongest|weakest) since"
    rf" (?:.*? on )?(?P<day>{DAY}) \((?P<rate>[\d.]+) RUB per USD"
)
STOOD = re.compile(
    rf"On (?P<day>{DAY}) the official rate of the Bank of Russia stood at (?P<rate>[\d.]+)"
    rf" RUB per USD, record of (?P<record>{DAY})\."
)


def asked_claims():
    """Two hundred days with a claim each, made by a fixed seed."""
    dice = random.Random(20250421)
    days = sorted(RATES)
    for k in range(200):
        day = dice.choice(days[300:]) + timedelta(days=dice.choice([0, 0, 0, 1, 2]))
        kind = list(ClaimKind)[k % len(ClaimKind)]
        before = day - timedelta(days=dice.randint(40, 900))
        since = max(before, days[0]).strftime(dice.choice(["%Y-%m", "%Y-%m-%d"]))
        base = dice.choice(["previous", "week", "month", "quarter", "year", "year_end", "since"])
        value = dice.choice([1.0, 5.0, 12.5, 40.0, 80.0])
        yield ClaimQuery(day, kind, value, since=since, base=base)


@pytest.fixture(scope="module")
def paragraphs(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_HOME", str(tmp_path_factory.mktemp("home")))
        series = daily_series(container.build_context().rates)
    result = []
    for query in asked_claims():
        answer = answer_claim(claim_from_query(query), series, "usd_rub_cbr")
        text = claims.write_paragraph([answer], "26 Nov 2026, 12:00 MSK", "LINK")
        result.append((query, answer, text))
    return result


def test_the_paragraph_of_a_claim_is_neutral_and_names_source_moment_and_link(paragraphs):
    assert len(paragraphs) == 200
    for _, answer, text in paragraphs:
        texts = " ".join((own_words(text), claims.describe_answer(answer)))
        assert not CAUSAL.search(texts), texts
        assert "significan" not in texts.lower(), texts
        assert text.endswith(
            "Source: USD/RUB, Bank of Russia, https://www.cbr.ru/eng/currency_base/dynamics/;"
            " as known on 26 Nov 2026, 12:00 MSK. LINK"
        ), text


def test_the_rate_of_a_paragraph_is_the_last_one_of_the_day_with_its_record(paragraphs):
    for query, _, text in paragraphs:
        result = STOOD.search(text)
        assert result, text
        last = max(day for day in RATES if day <= query.day)
        assert day_in(result["day"]) == last
        assert result["rate"] == f"{RATES[last]:.4f}"
        assert day_in(result["record"]) == last + timedelta(days=1)


def test_changes_of_a_paragraph_are_those_of_the_file_with_the_word_of_their_direction(paragraphs):
    checked = 0
    for query, _, text in paragraphs:
        if query.kind not in {ClaimKind.UP, ClaimKind.DOWN}:
            continue
        here = RATES[max(day for day in RATES if day <= query.day)]
        if query.base == "since" and claim_from_query(query).since.day < min(RATES):
            assert text.count("No data: there is no rate at the base.") == 1
        for result in CHANGE.finditer(text):
            base = RATES[day_in(result["day"])]
            assert result["rate"] == f"{base:.4f}"
            assert signed(result["rub"]) == pytest.approx(100 * (here / base - 1), abs=0.00501)
            assert signed(result["usd"]) == pytest.approx(100 * (base / here - 1), abs=0.00501)
            want = "unchanged" if here == base else "weaker" if here > base else "stronger"
            assert result["word"] == want, text
            checked += 1
    assert checked == 79  # of 80, one is counted from before the data


def test_records_of_a_paragraph_are_the_last_day_of_the_file_at_least_as_far(paragraphs):
    checked = 0
    for query, _, text in paragraphs:
        if query.kind not in {ClaimKind.STRONGEST, ClaimKind.WEAKEST}:
            continue
        at = max(day for day in RATES if day <= query.day)
        strong = query.kind == ClaimKind.STRONGEST
        position = [
            day
            for day, rate in RATES.items()
            if day < at and (rate <= RATES[at] if strong else rate >= RATES[at])
        ]
        if not position:
            assert f"It was the rouble's {query.kind} in the data" in text
            continue
        result = RECORD.search(text)
        assert result, text
        assert result["kind"] == query.kind
        assert (day_in(result["day"]), result["rate"]) == (
            max(position),
            f"{RATES[max(position)]:.4f}",
        )
        end = claim_from_query(query).since.end_day
        assert bool(result["not"]) == (max(position) > end), text
        checked += 1
    assert checked > 60


@pytest.mark.parametrize("quote", QuoteMode)
def test_chart_and_file_of_every_fifth_event_agree_with_the_rates_that_ship(views, quote):
    """The point of the headline in the chart, and the row of the file, by the rates alone."""
    for view in views[::5]:
        move = get_main_move(view)
        if move is None:
            continue
        quoting = QuotedSeries(view.card, quote)
        chart = build_window_chart(view, quoting)
        path = next(
            t for t in build_window_figure(chart, LIGHT_PALETTE)["data"]
            if t["mode"] == "lines+markers"
        )  # fmt: skip
        shown = path["y"][path["x"].index(chart.main_offset)]
        ratio = RATES[move.end.day] / RATES[move.base.day]
        if quote is QuoteMode.USD:
            ratio = 1 / ratio
        assert shown == pytest.approx(100 * (ratio - 1), abs=1e-4), view.event.id
        names = [column.name for column in TABLES["event_moves"].columns]
        rows = [dict(zip(names, row, strict=True)) for row in TABLES["event_moves"].rows([view])]
        (row,) = [one for one in rows if one["window"] == f"[{move.window[0]},{move.window[1]}]"]
        rises = RATES[move.end.day] - RATES[move.base.day]
        word = "weaker" if rises > 0 else "stronger" if rises < 0 else "unchanged"
        assert row["direction"] == word, view.event.id
