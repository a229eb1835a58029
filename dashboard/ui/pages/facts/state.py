"""State of the claim-check page: the claims that a link asks, and links that ask a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from dashboard.models.article import Claim, ClaimAnswer, ClaimKind, Exactness
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries
from dashboard.presentation import claims as claims_module
from dashboard.presentation.charts.claim import ClaimChart
from dashboard.presentation.claims import BASE_LABELS, is_record_claim
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import format_day
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.claims import (
    CHANGE_KINDS,
    CLAIM_BASES,
    ClaimQuery,
    answer_claim,
    claim_from_query,
    parse_claims,
    parse_period,
    series_for_currency,
    solve_common_bases,
)
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.components.links import format_link_number
from dashboard.ui.url_state import UrlParam, UrlState, choice_param, day_param, name_param

SENTENCE_KIND: Final = "sentence"
EXAMPLE_SENTENCE: Final = (
    "the rouble is at about 80, its highest since June 2024, up more than 40 % this year"
)
EXAMPLE_DAY: Final = date(2025, 4, 21)
EARLIEST_DAY: Final = date(1990, 1, 1)
LATEST_DAY: Final = date(2100, 12, 31)
EXAMPLE_LEVEL: Final = 80.0
EXAMPLE_CHANGE: Final = 40.0
EXAMPLE_PERIOD: Final = "2024-06"
KIND_TITLES: Final = {
    SENTENCE_KIND: deferred("A sentence"),
    ClaimKind.LEVEL: deferred("A level: “about 80”"),
    ClaimKind.STRONGEST: deferred("Strongest since …"),
    ClaimKind.WEAKEST: deferred("Weakest since …"),
    ClaimKind.UP: deferred("Up … % since …"),
    ClaimKind.DOWN: deferred("Down … % since …"),
}
EXACTNESS_TITLES: Final = {
    Exactness.ABOUT: deferred("about"),
    Exactness.MORE: deferred("more than"),
    Exactness.LESS: deferred("less than"),
    Exactness.EXACT: deferred("exactly"),
}
BASE_TITLES: Final = {name: BASE_LABELS[name] for name in CLAIM_BASES} | {
    "year_start": deferred("the start of the year: its first rate, or the last one before"),
    "since": deferred("a day or month of your own"),
}
CURRENCY_OPTIONS: Final = ("USD", "EUR", "CNY")
MAX_CLAIMS: Final = 12


def _rate_day_param(key: str, example: str) -> UrlParam:
    """A day of which a sentence about rates may speak, or None."""
    any_day = day_param(key, example)

    def read(texts: Sequence[str]) -> date:
        day: date = any_day.read(texts)
        if not EARLIEST_DAY <= day <= LATEST_DAY:
            raise ValueError(key)
        return day

    return replace(any_day, read=read)


def _number_param(key: str, example: str) -> UrlParam:
    """A number above 0 and below 1,000, or None."""

    def read(texts: Sequence[str]) -> float:
        text = texts[-1]
        if not text.isascii() or len(text) > 12 or not text.replace(".", "", 1).isdigit():
            raise ValueError(key)
        value = float(text)
        if not 0 < value < 1_000:
            raise ValueError(key)
        return value

    return UrlParam(key, None, read, lambda value: [format_link_number(value)], (example,))


def _period_param(key: str, example: str) -> UrlParam:
    """A year, a month or a day as 2024, 2024-06 or 2024-06-12; empty by default."""

    def read(texts: Sequence[str]) -> str:
        try:
            parse_period(texts[-1])
        except InputError:
            raise ValueError(key) from None
        return texts[-1]

    return UrlParam(key, "", read, lambda value: [value], (example,))


PARAMS: Final[tuple[UrlParam, ...]] = (
    _rate_day_param("day", "2025-04-21"),
    choice_param("kind", tuple(str(kind) for kind in KIND_TITLES), SENTENCE_KIND),
    _number_param("value", "80.5"),
    choice_param("how", tuple(str(how) for how in EXACTNESS_TITLES), "about"),
    _period_param("since", "2024-06"),
    choice_param("base", CLAIM_BASES, "year_start"),
    choice_param("cur", CURRENCY_OPTIONS, "USD"),
    choice_param(
        "up", tuple(quote.value for quote in QuoteMode), QuoteMode.WEAKER.value, shared=True
    ),
    name_param("series", DEFAULT_SERIES, "usd_rub_ecb", shared=True),
)


@dataclass(frozen=True, slots=True)
class FactsState:
    """Everything the page is drawn from; `notices` are what a reader should know first."""

    answers: tuple[ClaimAnswer, ...]
    notices: tuple[str, ...]
    quote: QuoteMode
    phone: bool
    dark: bool

    @property
    def lead(self) -> ClaimAnswer | None:
        """The first claim of which the rate is known."""
        return next((a for a in self.answers if a.of_main and a.of_main[0].at), None)


def read_facts_state(view: UrlState, sentence: str) -> FactsState:
    """The state for a link.

    Args:
        view: the link.
        sentence: what the reader pasted; it is never in the link.

    Raises:
        InputError: the claim lacks something; the line says what.
    """
    if view["series"] not in {card.id for card in session.get_price_cards()}:
        view.ignore("series")
    claim_day = get_claim_day(view)
    claims = _read_claims(view, sentence, claim_day)
    series = session.load_daily_series()
    answers = tuple(answer_claim(claim, series, view["series"]) for claim in claims[:MAX_CLAIMS])
    bases = solve_common_bases(claims, series)
    notices = [
        *_build_claim_notices(view, claims, answers, claim_day),
        *dict.fromkeys(translate_deferred(claim.doubt) for claim in claims if claim.doubt),
        *(" ".join(claims_module.describe_common_base(base)) for base in bases),
    ]
    return FactsState(
        answers,
        tuple(notices),
        QuoteMode(view["up"]),
        session.is_phone(),
        session.is_dark(),
    )


def get_claim_day(view: UrlState) -> date:
    """The day of the claim, that of the example where none was given."""
    chosen: date | None = view["day"]
    return chosen or EXAMPLE_DAY


def get_claim_value(view: UrlState) -> float:
    """The number of the claim, that of the example where none was given."""
    return view["value"] or (EXAMPLE_LEVEL if view["kind"] == ClaimKind.LEVEL else EXAMPLE_CHANGE)


def needs_period(view: UrlState) -> bool:
    """Whether the claim needs a period."""
    is_own = view["base"] == "since" and view["kind"] in CHANGE_KINDS
    return is_own or view["kind"] in {ClaimKind.STRONGEST, ClaimKind.WEAKEST}


def build_claim_chart(state: FactsState) -> ClaimChart | None:
    """The figure of the first day and series that is known, with what all its claims name."""
    lead = state.lead
    if lead is None:
        return None
    at = lead.of_main[0].at
    assert at is not None
    rows = [
        (answer.claim, row)
        for answer in state.answers
        for row in answer.of_main
        if answer.main == lead.main and row.at == at
    ]
    records = [(claim, row) for claim, row in rows if is_record_claim(claim) and claim.since]
    series = _get_answer_series(lead)
    quoting = QuotedSeries(series.card, state.quote)
    levels = [claim.value for claim, _ in rows if claim.kind == ClaimKind.LEVEL and claim.value]
    bases = {
        translate_deferred(BASE_LABELS[row.verdict.base_name])
        if row.verdict.base_name != "since"
        else "base": row.base
        for claim, row in rows
        if claim.kind in CHANGE_KINDS and row.base is not None
    }
    first_record = next(iter(records), None)
    since = first_record[0].since if first_record else None
    return ClaimChart(
        series=series,
        quoting=quoting,
        at=at,
        levels=tuple(levels),
        since=since.day if since else None,
        since_label=since.phrase if since else "",
        reached=first_record[1].base if first_record else None,
        bases=tuple((name, base) for name, base in bases.items() if base is not None),
        title=escape_plot(
            _(
                "{rate} {unit} on {day}",
                rate=quoting.rate(at.rate),
                unit=quoting.unit,
                day=format_day(at.day),
            ),
            112,
            1,
        ),
        subtitle=escape_plot(
            _(
                "{title} · source: {publisher}",
                title=series.card.label,
                publisher=series.card.publisher,
            ),
            160,
            1,
        ),
        phone=state.phone,
    )


def _get_answer_series(answer: ClaimAnswer) -> RateSeries:
    every = series_for_currency(answer.claim.currency, session.load_daily_series())
    return next(item for item in every if item.card.id == answer.main)


def _read_claims(view: UrlState, sentence: str, claim_day: date) -> tuple[Claim, ...]:
    if view["kind"] == SENTENCE_KIND:
        return parse_claims(sentence, claim_day)
    return (
        claim_from_query(
            ClaimQuery(
                claim_day,
                ClaimKind(view["kind"]),
                get_claim_value(view),
                Exactness(view["how"]),
                view["since"] or EXAMPLE_PERIOD,
                view["base"],
                view["cur"],
            )
        ),
    )


def _build_claim_notices(
    view: UrlState, claims: Sequence[Claim], answers: Sequence[ClaimAnswer], claim_day: date
) -> list[str]:
    notices = []
    if claim_day > session.get_view_day():
        notices.append(
            _(
                "{claim_day} lies in the future; nothing can be known about it yet.",
                claim_day=format_day(claim_day),
            )
        )
    notices += dict.fromkeys(filter(None, map(claims_module.describe_day_shift, answers)))
    if len(claims) > MAX_CLAIMS:
        notices.append(
            plural(
                "Of {n:,} claim the first {max_claims} are checked.",
                "Of {n:,} claims the first {max_claims} are checked.",
                len(claims),
                max_claims=MAX_CLAIMS,
            )
        )
    mains = {answer.main for answer in answers if answer.main}
    if mains and view["series"] not in mains:
        titles = {row.verdict.card.id: row.verdict.card.label for a in answers for row in a.rows}
        named = "; ".join(titles[series_id] for series_id in sorted(mains) if series_id in titles)
        notices.append(
            _(
                "The series chosen has no such rate on that day; the answer is that of {named}.",
                named=named,
            )
        )
    return notices
