"""What a link of "Check a claim" asks, and what is drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from dashboard.domain.article import Claim, ClaimKind, Exactness
from dashboard.domain.claim_answer import ClaimAnswer
from dashboard.domain.errors import InputError
from dashboard.domain.series import RateSeries
from dashboard.services.answer_claim import (
    ASKED_BASES,
    CHANGES,
    AskedClaim,
    answer_claim,
    claim_of,
    period_of,
    read_claims,
)
from dashboard.services.check_claims import series_of
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.ui import claim_words as words
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.charts.claim import ClaimChart
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.text import plot_text
from dashboard.ui.verdict_words import BASES, is_record
from dashboard.ui.view import Param, a_day, a_name, one_of
from dashboard.ui.widgets.links import number_text
from dashboard.ui.wording import count, day

SENTENCE: Final = "sentence"
EXAMPLE: Final = (
    "the rouble is at about 80, its highest since June 2024, up more than 40 % this year"
)
EXAMPLE_DAY: Final = date(2025, 4, 21)
EARLIEST: Final = date(1990, 1, 1)
LATEST: Final = date(2100, 12, 31)
LEVEL: Final = 80.0
CHANGE: Final = 40.0
PERIOD: Final = "2024-06"
KINDS: Final = {
    SENTENCE: "A sentence",
    ClaimKind.LEVEL: "A level: “about 80”",
    ClaimKind.STRONGEST: "Strongest since …",
    ClaimKind.WEAKEST: "Weakest since …",
    ClaimKind.UP: "Up … % since …",
    ClaimKind.DOWN: "Down … % since …",
}
HOWS: Final = {
    Exactness.ABOUT: "about",
    Exactness.MORE: "more than",
    Exactness.LESS: "less than",
    Exactness.EXACT: "exactly",
}
BASE_NAMES: Final = {name: BASES[name] for name in ASKED_BASES} | {
    "year_start": "the start of the year: its first rate, or the last one before",
    "since": "a day or month of your own",
}
CURRENCIES: Final = ("USD", "EUR", "CNY")
MOST_CLAIMS: Final = 12


def a_day_of_rates(key: str, example: str) -> Param:
    """A day of which a sentence about rates may speak, or None."""
    any_day = a_day(key, example)

    def read(texts: Sequence[str]) -> date:
        found: date = any_day.read(texts)
        if not EARLIEST <= found <= LATEST:
            raise ValueError(key)
        return found

    return replace(any_day, read=read)


def a_number(key: str, example: str) -> Param:
    """A number above 0 and below 1,000, or None."""

    def read(texts: Sequence[str]) -> float:
        text = texts[-1]
        if not text.isascii() or len(text) > 12 or not text.replace(".", "", 1).isdigit():
            raise ValueError(key)
        value = float(text)
        if not 0 < value < 1_000:
            raise ValueError(key)
        return value

    return Param(key, None, read, lambda value: [number_text(value)], (example,))


def a_period(key: str, example: str) -> Param:
    """A year, a month or a day as 2024, 2024-06 or 2024-06-12; empty by default."""

    def read(texts: Sequence[str]) -> str:
        try:
            period_of(texts[-1])
        except InputError:
            raise ValueError(key) from None
        return texts[-1]

    return Param(key, "", read, lambda value: [value], (example,))


PARAMS: Final[tuple[Param, ...]] = (
    a_day_of_rates("day", "2025-04-21"),
    one_of("kind", tuple(str(kind) for kind in KINDS), SENTENCE),
    a_number("value", "80.5"),
    one_of("how", tuple(str(how) for how in HOWS), "about"),
    a_period("since", "2024-06"),
    one_of("base", ASKED_BASES, "year_start"),
    one_of("cur", CURRENCIES, "USD"),
    one_of("up", tuple(quote.value for quote in Quote), Quote.WEAKER.value, shared=True),
    a_name("series", DEFAULT_SERIES, "usd_rub_ecb", shared=True),
)


@dataclass(frozen=True, slots=True)
class FactsScene:
    """Everything the page is drawn from; `notices` are what a reader should know first."""

    answers: tuple[ClaimAnswer, ...]
    notices: tuple[str, ...]
    quote: Quote
    phone: bool
    dark: bool

    @property
    def lead(self) -> ClaimAnswer | None:
        """The first claim of which the rate is known."""
        return next((a for a in self.answers if a.of_main and a.of_main[0].at), None)


def read_facts_scene(view: View, sentence: str) -> FactsScene:
    """The scene of a link.

    Args:
        view: the link.
        sentence: what the reader pasted; it is never in the link.

    Raises:
        InputError: the claim lacks something; the line says what.
    """
    if view["series"] not in {card.id for card in session.prices()}:
        view.ignore("series")
    asked_day = day_asked(view)
    claims = _claims(view, sentence, asked_day)
    series = session.daily_series()
    answers = tuple(answer_claim(claim, series, view["series"]) for claim in claims[:MOST_CLAIMS])
    return FactsScene(
        answers,
        tuple(_notices(view, claims, answers, asked_day)),
        Quote(view["up"]),
        session.is_phone(),
        session.is_dark(),
    )


def day_asked(view: View) -> date:
    """The day of the claim, that of the example where none was given."""
    chosen: date | None = view["day"]
    return chosen or EXAMPLE_DAY


def value_asked(view: View) -> float:
    """The number of the claim, that of the example where none was given."""
    return view["value"] or (LEVEL if view["kind"] == ClaimKind.LEVEL else CHANGE)


def wants_since(view: View) -> bool:
    """Whether the claim needs a period."""
    is_own = view["base"] == "since" and view["kind"] in CHANGES
    return is_own or view["kind"] in {ClaimKind.STRONGEST, ClaimKind.WEAKEST}


def claim_chart(scene: FactsScene) -> ClaimChart | None:
    """The figure of the first day and series that is known, with what all its claims name."""
    lead = scene.lead
    if lead is None:
        return None
    at = lead.of_main[0].at
    assert at is not None
    rows = [
        (answer.claim, row)
        for answer in scene.answers
        for row in answer.of_main
        if answer.main == lead.main and row.at == at
    ]
    records = [(claim, row) for claim, row in rows if is_record(claim) and claim.since]
    series = _series_of(lead)
    quoting = Quoting(series.card, scene.quote)
    levels = [claim.value for claim, _ in rows if claim.kind == ClaimKind.LEVEL and claim.value]
    bases = {
        BASES[row.verdict.base_name] if row.verdict.base_name != "since" else "base": row.base
        for claim, row in rows
        if claim.kind in CHANGES and row.base is not None
    }
    first_record = next(iter(records), None)
    since = first_record[0].since if first_record else None
    return ClaimChart(
        series=series,
        quoting=quoting,
        at=at,
        levels=tuple(levels),
        since=since.day if since else None,
        since_words=since.phrase if since else "",
        reached=first_record[1].base if first_record else None,
        bases=tuple((name, base) for name, base in bases.items() if base is not None),
        title=plot_text(f"{quoting.rate(at.rate)} {quoting.unit} on {day(at.day)}", 112, 1),
        subtitle=plot_text(f"{series.card.title} · source: {series.card.publisher}", 160, 1),
        phone=scene.phone,
    )


def _series_of(answer: ClaimAnswer) -> RateSeries:
    every = series_of(answer.claim.currency, session.daily_series())
    return next(each for each in every if each.card.id == answer.main)


def _claims(view: View, sentence: str, asked_day: date) -> tuple[Claim, ...]:
    if view["kind"] == SENTENCE:
        return read_claims(sentence, asked_day)
    return (
        claim_of(
            AskedClaim(
                asked_day,
                ClaimKind(view["kind"]),
                value_asked(view),
                Exactness(view["how"]),
                view["since"] or PERIOD,
                view["base"],
                view["cur"],
            )
        ),
    )


def _notices(
    view: View, claims: Sequence[Claim], answers: Sequence[ClaimAnswer], asked_day: date
) -> list[str]:
    told = []
    if asked_day > session.today():
        told.append(f"{day(asked_day)} lies in the future; nothing can be known about it yet.")
    told += dict.fromkeys(filter(None, map(words.shift_words, answers)))
    if len(claims) > MOST_CLAIMS:
        told.append(f"Of {count(len(claims), 'claim')} the first {MOST_CLAIMS} are checked.")
    mains = {answer.main for answer in answers if answer.main}
    if mains and view["series"] not in mains:
        titles = {row.verdict.card.id: row.verdict.card.title for a in answers for row in a.rows}
        named = "; ".join(titles[each] for each in sorted(mains) if each in titles)
        told.append(
            f"The series chosen has no such rate on that day; the answer is that of {named}."
        )
    return told
