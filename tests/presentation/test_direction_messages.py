"""Every message of the catalogue that names a direction agrees with the sign of its number.

The messages with a direction word are taken from the catalogue. Each must be rendered here by the
function that owns it, for a stronger and a weaker subject, in every quote; what is rendered is
compared with the known sign. A new message with such a word fails until its function is listed.
"""

import gettext
import re
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from babel.messages.pofile import read_po

from dashboard.eventstudy.levels import compute_day_facts
from dashboard.models import messages
from dashboard.models.article import ClaimKind, Market
from dashboard.models.event import EXPECTED_TITLES
from dashboard.models.moves import Observation, PathPoint, SourceMove
from dashboard.models.series import AS_QUOTED, QUOTE_IS_SUBJECT
from dashboard.presentation import (
    claims,
    correlation,
    events,
    formatting,
    incoming_events,
    method,
    reports,
)
from dashboard.presentation import moves as move_messages
from dashboard.presentation.charts.event_window import build_window_chart, build_window_figure
from dashboard.presentation.palette import LIGHT_PALETTE
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode
from dashboard.presentation.terms import define_terms
from dashboard.services.claims import answer_claim
from dashboard.services.events import EventFilter
from dashboard.services.exports import TABLES
from dashboard.ui.pages.event.results import (
    build_moves_columns,
    build_short_columns,
    build_source_columns,
    build_tests_columns,
)
from dashboard.ui.pages.facts.state import EXAMPLES, KIND_TITLES
from tests.presentation.made_view import FRIDAY, MONDAY, fixing, made_view, move
from tests.presentation.test_correlation import GOES_ON, cell
from tests.presentation.test_quoting import BRENT, EUR_USD, USD_RUB
from tests.services.test_claims_answer import RECORDS, ask, rouble
from tools.update_messages import FOLDER

RISING = "stronger|strongest|rose|up|gained|highest"
FALLING = "weaker|weakest|fell|down|lost|lowest"
WORD = re.compile(rf"\b(?:(?P<rising>{RISING})|(?P<falling>{FALLING}))\b", re.IGNORECASE)
IDIOM = re.compile(
    r"\bup to\b|\bup or down, and\b|, up or down: "
    r"|\b(?:added|backed|made) up\b|\bpage down\b|\blost letter\b"
    r"|\b(?:events?|was|be) lost\b|^lost at\b|\bup means\b|\b(?:lowest|highest) (?:mean|rate)\b"
    r"|\blowest and the highest rate\b",
    re.IGNORECASE,
)
"""Where the word is not the direction of a move, or names no direction of its own."""
POSITIVE = re.compile(r"\bpositive = (?:(?:the rouble|number|\{\w+\}) )?(?P<meaning>\w+)")
"""Which sign means what: always that the subject is stronger, or the number up."""
EXPLAINED = (
    "level, strongest, weakest, up or down",  # the values of a column
    "stronger, weaker, up, down or unchanged: what the move was for the subject",  # the same
    "up, down",  # terms: their meanings are rendered below
    "stronger, weaker",
    "{title}, the {half} strongest and {half} weakest of {events:,}",  # both ends of a list
    "Blue: the rouble stronger",  # the colour of a direction, see test_palette
    "Keith Kellogg, the US envoy",  # the text of a newspaper
    "No claim about the rouble's rate was recognised.",  # examples of claims
    "holds no claim that {series} can answer",
    "the rouble is the strongest since June 2024",
    "stronger or weaker: the way that is counted",  # the values of a column
    "numbers of the series from the event on; up: in forecast errors",  # an axis
    "holds no claim about a rate; give a sentence such as",
)
"""The beginnings of the messages that state the direction of no move and of no claim."""
SIGNED = re.compile(
    r"(?P<unit>RUB per USD|USD per RUB|USD per EUR|EUR per USD|USD per barrel|barrels per USD)"
    r" (?P<sign>[+−])\d"
)
ARROW = re.compile(r"(?P<arrow>[▲▼]) (?P<sign>[+−])\d")
AXIS = re.compile(r"\b(?:up|right) = (?P<word>stronger|weaker) \w+")
SIGNS = {1: "stronger", -1: "weaker"}
SAME_SIGN_AS_SUBJECT = {"USD per RUB", "USD per EUR", "USD per barrel"}


# ------------------------------------------------------------------ the owners of the messages


def of_quoting(mode, sign):
    for card in (USD_RUB, EUR_USD, BRENT):
        quoting = QuotedSeries(card, mode)
        for size in (0.47, 22.3):
            yield f"{card.subject.title} {quoting.directed(sign * size)}"
            yield quoting.move(sign * size)
            yield f"{quoting.other_percent(sign * size)} {quoting.direction(sign * size)}"
        for is_simple in (False, True):
            scale = MoveScale(quoting, is_simple)
            yield scale.directed_percent(sign * 0.0047)
            yield scale.move(sign * 0.0047)
            yield scale.percent_move(sign * 0.0047)
            yield scale.directed_span(*sorted((sign * 0.001, sign * 0.0047)))


def of_axes(mode, sign):
    """Roubles per dollar rise with a weaker rouble; the same axis upside down, or dollars."""
    up = {QuoteMode.WEAKER: -1, QuoteMode.INVERTED: 1, QuoteMode.USD: 1}[mode]
    quoting = QuotedSeries(USD_RUB, mode)
    assert AXIS.search(quoting.axis_title)["word"] == SIGNS[up]
    assert AXIS.search(MoveScale(quoting).axis)["word"] == SIGNS[up]
    assert AXIS.search(MoveScale(quoting, is_simple=True).axis)["word"] == "stronger"
    yield AXIS.sub("", quoting.axis_title)


def moved(sign):
    """From 80 to 79.2 roubles, or back: 1.0050 log points, by 1.0101 % and 1 %."""
    if sign > 0:
        return move()
    base, end = fixing(FRIDAY, 79.2), fixing(MONDAY, 80.0)
    return move(base=base, end=end, log_points=-1.0050, pct_quoted=1.0101, pct_inverse=-1.0)


def of_moves(mode, sign):
    view = made_view(moves=(moved(sign),))
    quoting = QuotedSeries(view.card, mode)
    yield move_messages.describe_move(moved(sign), quoting)
    yield " ".join(events.format_headline(view, quoting))
    yield events.format_citation(view, quoting, "near", "")
    yield from (step.here for step in method.build_example_steps(view, quoting)[5:6])


def of_expectations(_mode, sign):
    word = SIGNS[sign]
    yield messages.translate_deferred(EXPECTED_TITLES[word])
    yield messages.translate_deferred(formatting.EXPECTED_LABELS[word])
    yield messages.translate_deferred(formatting.RECORD_KINDS[sign < 0])
    yield formatting.describe_expected(word)
    yield events.format_group(EventFilter(choices={"expected": word}))


def of_groups(mode, sign):
    """The mean of a category, in return units."""
    yield correlation.describe_cross_series(
        (cell(caar=sign * 0.0107, mean_scar=sign * 0.99),), (GOES_ON,), mode
    )


def of_terms(_mode, sign):
    if sign < 0:
        return
    for card, count in ((USD_RUB, "fewer"), (EUR_USD, "more")):
        assert card.move_sign == (QUOTE_IS_SUBJECT if count == "fewer" else AS_QUOTED)
        stronger, log_change = (term.meaning for term in define_terms(card)[1:3])
        assert f"stronger = {count} " in stronger
        assert ("minus" in log_change) == (count == "fewer")
        yield from (stronger, log_change)
    yield define_terms(BRENT)[2].meaning
    yield method.build_example_steps(made_view(), QuotedSeries(USD_RUB, QuoteMode.WEAKER))[5].rule


def mirrored(rates, sign):
    """Rates that end at 80 with a rouble that got stronger, or as much weaker."""
    return rates if sign > 0 else [6400 / rate for rate in rates]


RECORD_SERIES = (
    ([79.0, 100.0, 90.0, 85.0, 82.0, 80.0], ("2024-12", "2025-02")),  # so; goes back further
    ([90.0, 100.0, 90.0, 85.0, 79.0, 80.0], ("2025-01",)),  # not so
    ([90.0, 100.0, 90.0, 85.0, 82.0, 80.0], ("2025-02",)),  # nothing in the data
)


def of_claimed_records(_mode, sign):
    """The last day that was at least as strong, or as weak, has a rate not beyond 80 roubles."""
    kind = "strongest" if sign > 0 else "weakest"
    yield messages.translate_deferred(KIND_TITLES[ClaimKind(kind)])
    yield messages.translate_deferred(EXAMPLES[0 if sign > 0 else 1].title)
    for rates, periods in RECORD_SERIES:
        series = rouble("one", mirrored(rates, sign))
        for since, market in product(periods, (None, Market.OTC)):
            named = replace(ask(kind, [series], since=since).claim, market=market)
            answer = answer_claim(named, [series])
            verdict = answer.of_main[0].verdict
            texts = (
                claims.format_question(answer.claim),
                claims.describe_answer(answer),
                claims.write_paragraph([answer], "", ""),
                incoming_events.format_claim(answer.claim),
                incoming_events.format_verdict_numbers(answer.claim, verdict),
            )
            for text in texts:
                for rate in re.findall(r"\((\d+\.\d{4})", text):
                    assert sign * (80.0 - float(rate)) >= 0, text
            yield from texts


def of_claimed_changes(_mode, sign):
    kind = "up" if sign > 0 else "down"
    yield messages.translate_deferred(KIND_TITLES[ClaimKind(kind)])
    answer = ask(kind, [rouble("one")], value=20.0, base="year_end")
    yield claims.format_question(answer.claim)
    yield incoming_events.format_claim(answer.claim)


def of_measured_changes(_mode, sign):
    """Whatever was claimed, the words are those of a rouble that moved every day one way."""
    rates = mirrored([100.0, 95.0, 90.0, 85.0, 82.0, 80.0], sign)
    for kind in ("up", "down"):
        answer = ask(kind, [rouble("one", rates)], value=20.0, base="year_end")
        yield claims.describe_answer(answer)
        yield claims.write_paragraph([answer], "", "")
        yield from claims.build_plain_claim_columns(answer)["Change"]
        for row in answer.of_main:
            yield incoming_events.format_verdict_numbers(answer.claim, row.verdict)


def of_records(mode, sign):
    """The last day as strong, or as weak, is long ago or before the data; the other a week ago."""
    series = rouble("one", [90.0, 100.0, 90.0, 85.0, 82.0, 80.0], RECORDS)
    facts = compute_day_facts(series, MONDAY)
    recent = Observation(MONDAY - timedelta(days=7), 80.0)
    for seen in (Observation(MONDAY - timedelta(days=400), 80.0), None):
        records = (seen, recent) if sign > 0 else (recent, seen)
        facts = replace(facts, strongest_since=records[0], weakest_since=records[1])
        yield claims.describe_last_reached(QuotedSeries(series.card, mode), facts)


OWNERS = (
    of_quoting,
    of_axes,
    of_moves,
    of_expectations,
    of_groups,
    of_terms,
    of_claimed_records,
    of_claimed_changes,
    of_measured_changes,
    of_records,
)


# ------------------------------------------------------------------ agreement


def check(text, sign):
    """Every direction word, signed number with its unit and arrow of a text has a sign."""
    for word in WORD.finditer(POSITIVE.sub("", text)):
        assert bool(word["rising"]) == (sign > 0), text
    for number in SIGNED.finditer(text):
        same = number["unit"] in SAME_SIGN_AS_SUBJECT
        assert (number["sign"] == "+") == ((sign > 0) == same), text
    for arrow in ARROW.finditer(text):
        assert (arrow["arrow"] == "▲") == (arrow["sign"] == "+"), text


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("mode", QuoteMode)
@pytest.mark.parametrize("sign", SIGNS)
def test_word_sign_and_arrow_agree(owner, mode, sign):
    for text in owner(mode, sign):
        check(text, sign)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Rouble 0.5 % weaker", 1),
        ("Rouble 1.0 % stronger (RUB per USD +1.0 %)", 1),
        ("USD per RUB +1.0 %", -1),
        ("▼ +1.0 % weaker", -1),
        ("It was the rouble's strongest since March", -1),
    ],
)
def test_a_text_that_contradicts_itself_would_be_found(text, sign):
    with pytest.raises(AssertionError):
        check(text, sign)


# ------------------------------------------------------------------ one event, everywhere


def rows_of(table, item):
    (row,) = [
        dict(zip((column.name for column in TABLES[table].columns), values, strict=True))
        for values in TABLES[table].rows([item])
    ]
    return row


def view_at(sign):
    """One move from 80 to 79.2 roubles, or back; the path has its end at offset 0."""
    made = moved(sign)
    point = PathPoint(0, MONDAY, made.end.rate, made.log_points, -2.0, 3.0)
    made = replace(made, car=0.9 * sign, car_t=0.75 * sign)
    return made_view(moves=(made,), path=(point,))


def signs_on_the_page(view, quoting):
    """Every cell with a sign: short table, details, tests, table of the chart, other sources."""
    of_view = (view, quoting, "near")
    yield build_short_columns(*of_view, dark=False)[quoting.unit][0]
    details = build_moves_columns(*of_view, dark=False)
    yield details[f"{quoting.unit}, %"][0]
    yield details["Log pts"][0]
    yield from (build_tests_columns(*of_view)[name][0] for name in ("CAR ± s.e., log pts", "t"))
    window = reports.build_window_columns(view, quoting)
    yield from (window[name][0] for name in ("Against the base", "Log pts"))
    sources = build_source_columns([source_at(view)], quoting, dark=False)
    yield from (sources[name][0] for name in (f"{quoting.unit}, %", "Log pts"))


def source_at(view):
    (m,) = view.moves
    numbers = (m.base, m.end, m.log_points, m.pct_quoted, m.pct_inverse)
    return SourceMove(view.card, "Known at noon.", *numbers)


@pytest.mark.parametrize("mode", QuoteMode)
@pytest.mark.parametrize("sign", SIGNS)
def test_page_chart_table_and_file_of_one_event_have_one_sign(mode, sign):
    view = view_at(sign)
    quoting = QuotedSeries(view.card, mode)
    # Roubles per dollar fall with a stronger rouble, dollars per rouble rise.
    rises = (sign > 0) == (mode is QuoteMode.USD)
    mark, arrow = ("+", "▲") if rises else ("−", "▼")
    for text in signs_on_the_page(view, quoting):
        assert re.search(r"[+−](?=\d)", text)[0] == mark, text
        assert arrow in text or ("▲" not in text and "▼" not in text), text
    chart = build_window_chart(view, quoting)
    figure = build_window_figure(chart, LIGHT_PALETTE)
    (y,) = next(t for t in figure["data"] if t["mode"] == "lines+markers")["y"]
    assert (y > 0) == rises
    labels = [note["text"] for note in figure["layout"]["annotations"]]
    assert any(f"{arrow} {mark}1.0" in text and SIGNS[sign] in text for text in labels)
    assert SIGNS[sign] in chart.title
    for table, item in (
        ("event_moves", view), ("source_moves", source_at(view)), ("event_window", view),
    ):  # fmt: skip
        row = rows_of(table, item)
        assert row["direction"] == SIGNS[sign]
        assert (row["move_log_pts"] > 0) == (sign > 0)  # of the rouble, as its column says
        change = "move_pct" if table == "event_window" else "move_pct_rub_per_usd"
        assert (row[change] > 0) == (sign < 0)
    if mode is not QuoteMode.USD:
        assert rows_of("event_window", view)["move_pct"] == pytest.approx(y, abs=1e-4)


# ------------------------------------------------------------------ completeness


def catalogue():
    with (FOLDER / "dashboard.pot").open("rb") as file:
        for message in read_po(file):
            yield from [message.id] if isinstance(message.id, str) else message.id


def names_direction(message):
    """Whether a message has a direction word, idioms and what a positive number means aside."""
    text = re.sub(r"\{[^}]*\}", "{}", POSITIVE.sub("", message))
    return bool(WORD.search(IDIOM.sub("", text)))


def missing(texts, rendered):
    return {
        text
        for text in texts
        if names_direction(text) and text not in rendered and not text.startswith(EXPLAINED)
    }


class RecordedMessages(gettext.NullTranslations):
    """English messages, each noted when it is rendered."""

    def __init__(self):
        super().__init__()
        self.rendered = set()

    def gettext(self, message):
        self.rendered.add(message)
        return message

    def ngettext(self, one, many, n):
        self.rendered |= {one, many}
        return one if n == 1 else many


def test_every_direction_of_the_catalogue_is_rendered_by_an_owner(monkeypatch):
    recorded = RecordedMessages()
    monkeypatch.setattr(messages, "_UNTRANSLATED", recorded)
    for mode in QuoteMode:
        for sign in SIGNS:
            for owner in OWNERS:
                assert [text for text in owner(mode, sign) if not text] == []
    named = {text for text in catalogue() if names_direction(text)}
    assert len(named) > 50
    assert missing(named, recorded.rendered) == set()
    for text in EXPLAINED:
        assert any(message.startswith(text) for message in named), text


def test_a_new_message_with_a_direction_is_missing_until_an_owner_renders_it():
    new = {"The rouble fell by {size}", "{name} is the lowest", "Set up to {n} days"}
    assert missing(new, set()) == {"The rouble fell by {size}", "{name} is the lowest"}
    assert missing(new, new) == set()


def test_a_positive_number_is_always_a_stronger_subject():
    meanings = {found["meaning"] for text in catalogue() for found in POSITIVE.finditer(text)}
    assert meanings == {"stronger", "up", "in"}  # in the direction of the claim
