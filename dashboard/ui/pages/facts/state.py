"""State and controls of the claim-check page: claims that a link asks, links that ask a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import streamlit as st

from dashboard.models.article import Claim, ClaimAnswer, ClaimKind, Exactness
from dashboard.models.errors import InputError
from dashboard.models.messages import (
    deferred,
    plural,
    translate_deferred,
    translate_in_context,
)
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries
from dashboard.presentation import claims as claims_module
from dashboard.presentation.charts.claim import ClaimChart
from dashboard.presentation.claims import BASE_LABELS, format_since, is_record_claim
from dashboard.presentation.escaping import escape_markdown, escape_plot
from dashboard.presentation.formatting import (
    date_field_format,
    format_day,
)
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
from dashboard.ui.components.elements import button_type, format_link_number
from dashboard.ui.url_state import (
    UrlParam,
    UrlState,
    choice_param,
    day_param,
    name_param,
    postpone_fragment_echo,
)

SENTENCE_KIND: Final = "sentence"


@dataclass(frozen=True, slots=True)
class ExampleClaim:
    """A sentence that can be tried, and the day it was printed on."""

    title: str
    sentence: str
    day: date


EXAMPLES: Final = (
    ExampleClaim(
        deferred("Highest since June 2024, up 40 %"),
        "the rouble is at about 80, its highest since June 2024, up more than 40 % this year",
        date(2025, 4, 21),
    ),
    ExampleClaim(
        deferred("Weakest since March 2022"),
        "The rouble slid to 110 per dollar, its weakest since March 2022",
        date(2024, 11, 28),
    ),
    ExampleClaim(
        deferred("In Russian: first since May 2023"),
        "Доллар подешевел до 80 рублей впервые с мая 2023 года",
        date(2025, 5, 15),
    ),
)
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
    choice_param("example", ("", *(str(n) for n in range(1, len(EXAMPLES) + 1))), ""),
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
    """The day of the claim: as it was given, that of an example as it stands, or else today."""
    chosen: date | None = view["day"]
    example = get_example(view)
    return chosen or (example.day if example else session.get_view_day())


def get_example(view: UrlState) -> ExampleClaim | None:
    """The example that is tried; None for a sentence of one's own."""
    is_tried = view["example"] and view["kind"] == SENTENCE_KIND
    return EXAMPLES[int(view["example"]) - 1] if is_tried else None


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
        _name_chart_base(row.verdict.base_name, at.day.year): row.base
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
        since_label=format_since(first_record[0]) if first_record else "",
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
                publisher=series.card.publisher_label,
            ),
            160,
            1,
        ),
        phone=state.phone,
    )


def _name_chart_base(name: str, year: int) -> str:
    """The name of a base, short enough for the chart."""
    match name:
        case "year_end":
            return _("end of {year}", year=year - 1)
        case "year_start":
            return _("start of {year}", year=year)
        case "since":
            return _("base")
        case _:
            return translate_deferred(BASE_LABELS[name])


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


# ------------------------------------------------------------------ controls


SENTENCE_KEY: Final = "facts.sentence"
SENTENCE_FIELD_KEY: Final = "facts.sentence.field"
SINCE_FIELD_KEY: Final = "facts.since.field"
SINCE_PROBLEM_KEY: Final = "facts.since.problem"
MAX_SENTENCE_LENGTH: Final = 4_000


def get_sentence(view: UrlState) -> str:
    """The sentence of the example or of this reader; empty before one was pasted."""
    example = get_example(view)
    return example.sentence if example else str(st.session_state.get(SENTENCE_KEY, ""))


def draw_claim_form(view: UrlState) -> None:
    """Draw the form: a sentence, or one claim by its parts, and the day."""
    is_sentence = view["kind"] == SENTENCE_KIND
    if is_sentence:
        _draw_sentence(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("What to check"),
            [str(kind) for kind in KIND_TITLES],
            format_func=lambda kind: translate_deferred(KIND_TITLES[kind]),
            width=210,
            **view.widget("kind"),
        )
        if not is_sentence:
            _draw_claim(view)
        st.date_input(
            _("Printed on") if is_sentence else _("Day"),
            format=date_field_format(),
            min_value=EARLIEST_DAY,
            max_value=LATEST_DAY,
            width=150,
            help=_("“This year” and “yesterday” are counted from this day. Today unless you say.")
            if is_sentence
            else None,
            **view.widget("day", get_claim_day(view)),
        )
        if is_sentence:
            st.button(
                translate_in_context("button", "Check"),
                key="facts.check",
                type=button_type(),
                icon=":material/fact_check:",
            )
        _draw_examples(view)


def _draw_sentence(view: UrlState) -> None:
    st.session_state[SENTENCE_FIELD_KEY] = get_sentence(view)
    st.text_area(
        _("Sentence to check, English or Russian"),
        key=SENTENCE_FIELD_KEY,
        on_change=postpone_fragment_echo(SENTENCE_FIELD_KEY, _take_sentence),
        args=(view,),
        placeholder=_("Paste a sentence about the rouble: a level, a record or a change"),
        height=80,
        max_chars=MAX_SENTENCE_LENGTH,
        help=_(
            "Your sentence stays with you: it is not in the link of this page. Each claim in it"
            " has a link of its own."
        ),
    )


def _draw_examples(view: UrlState) -> None:
    if get_sentence(view).strip() and not get_example(view):
        return
    for number, example in enumerate(EXAMPLES, start=1):
        st.button(
            f":small[{translate_deferred(example.title)}]",
            key=f"facts.example.{number}",
            icon=":material/lightbulb:",
            on_click=_fill_example,
            args=(view, str(number)),
        )


def _draw_claim(view: UrlState) -> None:
    kind = view["kind"]
    if kind == ClaimKind.LEVEL or kind in CHANGE_KINDS:
        st.selectbox(
            _("How"),
            [str(how) for how in EXACTNESS_TITLES],
            format_func=lambda how: translate_deferred(EXACTNESS_TITLES[how]),
            width=120,
            **view.widget("how"),
        )
        st.number_input(
            _("Level") if kind == ClaimKind.LEVEL else _("Per cent"),
            min_value=0.0001,
            max_value=999.0,
            step=1.0,
            format="%.10g",
            width=130,
            **view.widget("value", get_claim_value(view)),
        )
    st.selectbox(_("RUB per"), CURRENCY_OPTIONS, width=100, **view.widget("cur"))
    if kind in CHANGE_KINDS:
        st.selectbox(
            _("Counted from"),
            list(BASE_TITLES),
            format_func=lambda value: translate_deferred(BASE_TITLES[value]),
            width=290,
            **view.widget("base"),
        )
    if needs_period(view):
        _draw_since(view)


def _draw_since(view: UrlState) -> None:
    if not st.session_state.get(SINCE_PROBLEM_KEY):
        st.session_state[SINCE_FIELD_KEY] = view["since"] or EXAMPLE_PERIOD
    st.text_input(
        _("Since"),
        key=SINCE_FIELD_KEY,
        on_change=postpone_fragment_echo(SINCE_FIELD_KEY, _take_since),
        args=(view,),
        width=130,
        max_chars=10,
        help=_("A year, a month or a day: 2024, 2024-06, 2024-06-12"),
    )
    if problem := st.session_state.get(SINCE_PROBLEM_KEY):
        st.markdown(f":orange[:material/warning: {escape_markdown(problem)}]")


def _take_since(view: UrlState) -> None:
    """Set the typed period; one that cannot be read stays in the field with a hint."""
    text = str(st.session_state[SINCE_FIELD_KEY]).strip()
    try:
        parse_period(text)
    except InputError as error:
        st.session_state[SINCE_PROBLEM_KEY] = str(error)
        return
    st.session_state[SINCE_PROBLEM_KEY] = ""
    view.set(since=text)


def _take_sentence(view: UrlState) -> None:
    st.session_state[SENTENCE_KEY] = st.session_state[SENTENCE_FIELD_KEY]
    view.set(example="")


def _fill_example(view: UrlState, number: str) -> None:
    st.session_state[SINCE_PROBLEM_KEY] = ""
    defaults = {param.key: param.default for param in PARAMS if param.key != "up"}
    view.set(**(defaults | {"example": number}))
