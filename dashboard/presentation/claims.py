"""Messages and tables about claims: the question, the verdict, its reasons, a paragraph to quote.

Every number comes from a `ClaimAnswer`; percentages carry the direction of the rouble.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from dashboard.models.article import (
    Claim,
    ClaimAnswer,
    ClaimKind,
    ClaimRow,
    ClaimTruth,
    ClaimVerdict,
    CommonBase,
    Exactness,
    Market,
    RequiredBase,
)
from dashboard.models.currencies import name_unit
from dashboard.models.messages import (
    ENGLISH,
    current_language,
    deferred,
    deferred_in_context,
    join_and,
    join_clauses,
    join_or,
    plural,
    translate_deferred,
    translate_in_context,
)
from dashboard.models.messages import translate as _
from dashboard.models.moves import DayFacts, Fixing
from dashboard.models.publication import BANK_OF_RUSSIA
from dashboard.models.series import SeriesCard
from dashboard.presentation.escaping import escape_markdown
from dashboard.presentation.formatting import (
    NO_VALUE,
    THIN_SPACE,
    capitalize_first,
    format_day,
    format_iso_days,
    format_number,
    format_percent,
    format_weekday,
)
from dashboard.presentation.quoting import QuotedSeries
from dashboard.services.claims import CHANGE_KINDS

# The names of the months after "since", which other languages put into another case.
MONTHS_SINCE: Final = deferred_in_context(
    "since",
    "January, February, March, April, May, June, July, August, September, October, November,"
    " December",
)
DAYS_OF_A_MONTH: Final = 31
BASE_LABELS: Final = {
    "previous": deferred("the rate before"),
    "week": deferred("a week before"),
    "month": deferred("a month before"),
    "quarter": deferred("three months before"),
    "year": deferred("a year before"),
    "year_end": deferred("the last rate of the year before"),
    "year_start": deferred("the first rate of the year"),
    "month_start": deferred("the last rate of the month before"),
    "period": deferred("the last rate before that period"),
    "since": deferred("the day named"),
}
MARKET_LABELS: Final = {
    Market.OFFICIAL: deferred("the official rate"),
    Market.EXCHANGE: deferred("the Moscow Exchange"),
    Market.OTC: deferred("the over-the-counter market"),
    Market.FUTURE: deferred("the futures market"),
    Market.REFERENCE: deferred("a reference rate"),
    Market.IMPLIED: deferred("a rate implied by the yuan"),
}
EXACTNESS_LABELS: Final = {
    Exactness.EXACT: "{value}",
    Exactness.ABOUT: deferred("about {value}"),
    Exactness.MORE: deferred("more than {value}"),
    Exactness.LESS: deferred("less than {value}"),
}
"""How exactly a claim states a number, with the place of the number."""
LEVEL_EXACTNESS_LABELS: Final = EXACTNESS_LABELS | {
    Exactness.MORE: deferred("above {value}"),
    Exactness.LESS: deferred("below {value}"),
}
TRUTH_LABELS: Final = {
    ClaimTruth.TRUE: deferred("true"),
    ClaimTruth.ABOUT: deferred("roughly true"),
    ClaimTruth.FALSE: deferred("false"),
    ClaimTruth.ANOTHER: deferred("another number"),
    ClaimTruth.UNKNOWN: deferred("no data"),
}
STRONGEST_ANSWERS: Final = {
    ClaimTruth.TRUE: deferred("Yes: strongest since {base}"),
    ClaimTruth.ABOUT: deferred("Not since then: it was last this strong on {base}"),
    ClaimTruth.FALSE: deferred("No: it was at least as strong later than that, on {base}"),
    ClaimTruth.ANOTHER: deferred("Another number: here it was the strongest since {base}"),
}
WEAKEST_ANSWERS: Final = {
    ClaimTruth.TRUE: deferred("Yes: weakest since {base}"),
    ClaimTruth.ABOUT: deferred("Not since then: it was last this weak on {base}"),
    ClaimTruth.FALSE: deferred("No: it was at least as weak later than that, on {base}"),
    ClaimTruth.ANOTHER: deferred("Another number: here it was the weakest since {base}"),
}
STRONGEST_SENTENCES: Final = {
    ClaimTruth.TRUE: deferred("It was the rouble's strongest since {base}"),
    ClaimTruth.ABOUT: deferred("It was the rouble's strongest since {base}, not since {since}"),
    ClaimTruth.FALSE: deferred(
        "It was not the rouble's strongest since {since}: the rouble was at least as strong on"
        " {base}"
    ),
    ClaimTruth.ANOTHER: deferred("It was the rouble's strongest since {base}"),
    ClaimTruth.UNKNOWN: deferred("It was the rouble's strongest in the data: {reason}"),
}
WEAKEST_SENTENCES: Final = {
    ClaimTruth.TRUE: deferred("It was the rouble's weakest since {base}"),
    ClaimTruth.ABOUT: deferred("It was the rouble's weakest since {base}, not since {since}"),
    ClaimTruth.FALSE: deferred(
        "It was not the rouble's weakest since {since}: the rouble was at least as weak on {base}"
    ),
    ClaimTruth.ANOTHER: deferred("It was the rouble's weakest since {base}"),
    ClaimTruth.UNKNOWN: deferred("It was the rouble's weakest in the data: {reason}"),
}
"""A record as a newspaper writes it; the last sentence where no day was as strong, or as weak."""
TRUTH_MARKS: Final = {
    ClaimTruth.TRUE: "✓",
    ClaimTruth.ABOUT: "≈",
    ClaimTruth.FALSE: "✗",
    ClaimTruth.ANOTHER: "≠",
    ClaimTruth.UNKNOWN: "?",
}
FURTHER_BACK_LABEL: Final = deferred("not since then")
OTC_CAVEAT: Final = deferred(
    "over-the-counter market quotes are not in our data, so a sentence that rests on one can"
    " neither be confirmed nor refuted here"
)
TRUTH_ICONS: Final = {
    ClaimTruth.TRUE: ":material/check_circle:",
    ClaimTruth.ABOUT: ":material/adjust:",
    ClaimTruth.FALSE: ":material/cancel:",
    ClaimTruth.ANOTHER: ":material/difference:",
    ClaimTruth.UNKNOWN: ":material/help:",
}
TRUTH_COLOURS: Final = {
    ClaimTruth.TRUE: "blue",
    ClaimTruth.ABOUT: "blue",
    ClaimTruth.FALSE: "orange",
    ClaimTruth.ANOTHER: "gray",
    ClaimTruth.UNKNOWN: "gray",
}
MARKET_LABEL: Final = deferred("Market quotes, over the counter")
REASON_LIMIT: Final = 400


def is_record_claim(claim: Claim) -> bool:
    """Whether a claim says that nothing since some period was as strong, or as weak."""
    return claim.kind in {ClaimKind.STRONGEST, ClaimKind.WEAKEST}


def format_verdict(claim: Claim, truth: ClaimTruth) -> str:
    """A verdict as text: `true`, `roughly true`, `not since then`, `false`, `no data`."""
    if truth == ClaimTruth.ABOUT and is_record_claim(claim):
        return translate_deferred(FURTHER_BACK_LABEL)
    return translate_deferred(TRUTH_LABELS[truth])


def format_marked_verdict(claim: Claim, truth: ClaimTruth) -> str:
    """A verdict with its mark; a record that goes back further is not what was claimed."""
    verdict = format_verdict(claim, truth)
    mark = TRUTH_MARKS[
        ClaimTruth.FALSE if verdict == translate_deferred(FURTHER_BACK_LABEL) else truth
    ]
    return f"{mark} {verdict}"


def describe_needed_base(claim: Claim, base: RequiredBase) -> str:
    """The base that would make a claimed change true, and when a series last had it."""
    values = {
        "size": f"{format_number(claim.value or 0.0, claim.decimals)}{THIN_SPACE}%",
        "quote": name_unit(base.quote),
        "rate": format_number(base.rate, base.card.decimals),
    }
    if claim.kind == ClaimKind.UP:
        needed = _("a gain of {size} counted in {quote} needs a base of {rate}", **values)
    else:
        needed = _("a loss of {size} counted in {quote} needs a base of {rate}", **values)
    if base.reached is None:
        return _(
            "{needed}, not reached in the data, which begin on {day}",
            needed=needed,
            day=format_day(base.data_from.day),
        )
    return _(
        "{needed}; last there on {day} ({rate})",
        needed=needed,
        day=format_day(base.reached.day),
        rate=format_number(base.reached.rate, base.card.decimals),
    )


def add_market_difference(numbers: str, claim: Claim, verdict: ClaimVerdict) -> str:
    """The numbers of a series and how they differ from those of the market that a claim names."""
    if verdict.truth != ClaimTruth.ANOTHER or claim.market is None:
        return numbers
    market = translate_deferred(MARKET_LABELS[claim.market])
    if claim.kind != ClaimKind.LEVEL or verdict.found is None:
        return _("{numbers}; the claim is of {market}", numbers=numbers, market=market)
    difference = verdict.found - (claim.value or 0.0)
    values = {
        "numbers": numbers,
        "difference": format_number(abs(difference), verdict.card.decimals),
        "share": f"{format_number(100 * abs(difference) / (claim.value or 1.0), 2)}{THIN_SPACE}%",
        "value": format_number(claim.value or 0.0, claim.decimals),
        "market": market,
    }
    if difference >= 0:
        return _("{numbers}, {difference} ({share}) above the {value} of {market}", **values)
    return _("{numbers}, {difference} ({share}) below the {value} of {market}", **values)


def describe_common_base(base: CommonBase) -> tuple[str, ...]:
    """The base at which several changes of a text meet, and whether a series has it."""
    counted = [
        _(
            "{size} counted in {quote}",
            size=f"{_format_value(change)}{THIN_SPACE}%",
            quote=name_unit(quote),
        )
        for change, quote in base.counted
    ]
    meeting = _(
        "{count} claims meet at one base of {low} to {high} roubles: {counted}.",
        count=len(base.counted),
        low=format_number(base.low, 1),
        high=format_number(base.high, 1),
        counted=join_and(counted),
    )
    held = [
        _("{series} {rate}", series=card.label, rate=format_number(rate.rate, card.decimals))
        for card, rate in base.held
    ]
    fitting = [card.label for card, rate in base.held if base.low <= rate.rate <= base.high]
    if fitting:
        origin = _(
            "The last rate of {year} of {series} lies there.",
            year=base.year - 1,
            series=join_and(fitting),
        )
    else:
        origin = _(
            "No series here has it at the end of {year} ({rates}): it is a number of another"
            " market, such as an over-the-counter close of 31 December.",
            year=base.year - 1,
            rates="; ".join(held) or NO_VALUE,
        )
    return meeting, origin


# ------------------------------------------------------------------ question, verdict, paragraph


def format_question(claim: Claim) -> str:
    """A claim as a question: `Strongest since June 2024?`."""
    if claim.kind == ClaimKind.LEVEL:
        labels = LEVEL_EXACTNESS_LABELS | {Exactness.EXACT: deferred("at {value}")}
        level = translate_deferred(labels[claim.exactness], value=_format_value(claim))
        question = _("{level} RUB per {currency}?", level=level, currency=claim.currency)
        return capitalize_first(question)
    if claim.kind == ClaimKind.STRONGEST:
        return _("Strongest since {since}?", since=format_since(claim))
    if claim.kind == ClaimKind.WEAKEST:
        return _("Weakest since {since}?", since=format_since(claim))
    size = f"{_format_value(claim)}{THIN_SPACE}%"
    values = {
        "change": translate_deferred(EXACTNESS_LABELS[claim.exactness], value=size),
        "base": _name_claimed_base(claim),
    }
    if claim.kind == ClaimKind.UP:
        return capitalize_first(_("{change} stronger than {base}?", **values))
    return capitalize_first(_("{change} weaker than {base}?", **values))


def get_overall_truth(answer: ClaimAnswer) -> ClaimTruth:
    """The verdict of the main series: the best of the rows that the claim names.

    A record that goes back further than claimed counts as false: the sentence is not exact.
    """
    truths = {row.verdict.truth for row in answer.of_main}
    if is_record_claim(answer.claim) and ClaimTruth.ABOUT in truths:
        return ClaimTruth.FALSE
    order = (ClaimTruth.TRUE, ClaimTruth.ABOUT, ClaimTruth.FALSE, ClaimTruth.ANOTHER)
    return next((truth for truth in order if truth in truths), ClaimTruth.UNKNOWN)


def format_claims_headline(answers: Sequence[ClaimAnswer]) -> str:
    """The outcome in one line: `1 of 3 claims holds`; of one claim its question and answer."""
    if not answers:
        return _("Check a claim")
    if len(answers) == 1:
        verdict = describe_answer(answers[0]).rstrip(".").partition(": ")[0]
        return f"{format_question(answers[0].claim)} {verdict}"
    truths, count = Counter(get_overall_truth(answer) for answer in answers), len(answers)
    held = plural(
        "{n} of {count} claims holds",
        "{n} of {count} claims hold",
        truths[ClaimTruth.TRUE],
        count=count,
    )
    others = {
        ClaimTruth.ABOUT: plural(
            "{n} is roughly true", "{n} are roughly true", truths[ClaimTruth.ABOUT]
        ),
        ClaimTruth.ANOTHER: plural(
            "{n} is about another market", "{n} are about another market",
            truths[ClaimTruth.ANOTHER],
        ),
        ClaimTruth.UNKNOWN: plural(
            "{n} cannot be checked", "{n} cannot be checked", truths[ClaimTruth.UNKNOWN]
        ),
    }  # fmt: skip
    return join_clauses(held, *(text for truth, text in others.items() if truths[truth]))


def format_badge(answer: ClaimAnswer) -> str:
    """The verdict as a Markdown badge: an icon, a label and a colour of no direction."""
    truths = {row.verdict.truth for row in answer.of_main}
    truth, is_older = get_overall_truth(answer), ClaimTruth.ABOUT in truths
    icon, colour = TRUTH_ICONS[truth], TRUTH_COLOURS[truth]
    if truth == ClaimTruth.TRUE and len(truths) > 1:
        label = _("In one quote only")
    elif is_record_claim(answer.claim) and is_older:
        label = format_verdict(answer.claim, ClaimTruth.ABOUT)
    else:
        label = format_verdict(answer.claim, truth)
    return f":{colour}-badge[{icon} {capitalize_first(label)}]"


def list_answer_lines(answer: ClaimAnswer) -> list[str]:
    """The numbers of the answer without its verdict; of a change a line for each base."""
    changes = _list_changes(answer) if answer.claim.kind in CHANGE_KINDS else []
    if not changes:
        verdict, _colon, numbers = describe_answer(answer).partition(": ")
        return [capitalize_first(numbers or verdict)]
    return [f"{capitalize_first(change)}." for change in changes]


def describe_answer(answer: ClaimAnswer) -> str:
    """The verdict in one sentence: `No, it was stronger: strongest since 30 May 2023 …`."""
    if not answer.of_main:
        return _(
            "No data: there is no series of RUB per {currency}.",
            currency=answer.claim.currency,
        )
    row = answer.of_main[0]
    if get_overall_truth(answer) == ClaimTruth.UNKNOWN or row.at is None:
        return _("No data: {reason}.", reason=format_iso_days(row.verdict.reason))
    if answer.claim.kind == ClaimKind.LEVEL:
        rate = _format_rate_on_day(row.at, row.verdict.card)
        numbers = add_market_difference(rate, answer.claim, row.verdict)
        return f"{_answer_yes_or_no(answer)}: {numbers}."
    if is_record_claim(answer.claim):
        return f"{_describe_record(answer.claim, row)}."
    return f"{_answer_yes_or_no(answer)}: {_describe_changes(answer)}."


def list_needed_bases(answer: ClaimAnswer) -> tuple[str, ...]:
    """The bases of the main series that would make a change true; none where it is true."""
    if get_overall_truth(answer) == ClaimTruth.TRUE:
        return ()
    needed = [base for base in answer.needed if base.card.id == answer.main]
    return tuple(describe_needed_base(answer.claim, base) for base in needed)


def describe_other_sources(answer: ClaimAnswer) -> str:
    """The verdicts of the other sources in one sentence; empty where there are none."""
    verdicts: dict[str, str] = {}
    for row in answer.rows:
        card, truth = row.verdict.card, row.verdict.truth
        if card.id == answer.main or not row.verdict.is_claimed:
            continue
        if card.label not in verdicts or truth == ClaimTruth.TRUE:
            verdicts[card.label] = format_verdict(answer.claim, truth)
    return "; ".join(f"{title}: {verdict}" for title, verdict in verdicts.items())


def describe_day_shift(answer: ClaimAnswer) -> str:
    """That the day has no rate and which one is used instead; empty where it has one."""
    row = next(iter(answer.of_main), None)
    day = answer.claim.day
    if row is None or row.at is None or day is None or row.at.day == day:
        return ""
    card, used = row.verdict.card, row.at
    values = {
        "day": format_weekday(day),
        "series": card.label,
        "used": format_day(used.day),
        "record": format_day(used.record),
    }
    is_weekend, is_in_force = day.weekday() >= 5, card.date_rule == BANK_OF_RUSSIA.id
    if is_weekend and is_in_force:
        return _(
            "{day} is a weekend day of {series}: the rate in force, fixed on {used} and dated"
            " {record}, is used.",
            **values,
        )
    if is_weekend:
        return _(
            "{day} is a weekend day of {series}: the last one before it, of {used}, is used.",
            **values,
        )
    if is_in_force:
        return _(
            "{day} is a day without a rate of {series}: the rate in force, fixed on {used} and"
            " dated {record}, is used.",
            **values,
        )
    return _(
        "{day} is a day without a rate of {series}: the last one before it, of {used}, is used.",
        **values,
    )


def write_paragraph(answers: Sequence[ClaimAnswer], as_of: str, address: str) -> str:
    """A few plain sentences with every number, date and source, for a newspaper.

    Args:
        answers: of one text or one question.
        as_of: until when the numbers are known.
        address: the link to this view; may be empty.
    """
    mentioned: set[tuple[str, date]] = set()
    sentences = [_write_sentence(answer, mentioned).strip() for answer in answers]
    cards = {row.verdict.card.id: row.verdict.card for a in answers for row in a.of_main if row.at}
    sources = "; ".join(f"{card.label}, {card.source_url}" for card in cards.values())
    source = (
        _("Source: {sources}; as known on {as_of}.", sources=sources, as_of=as_of)
        if sources
        else ""
    )
    return " ".join(part for part in (*sentences, source, address) if part)


# ------------------------------------------------------------------ parts of sentences


def _answer_yes_or_no(answer: ClaimAnswer) -> str:
    truth, truths = get_overall_truth(answer), {row.verdict.truth for row in answer.of_main}
    if truth == ClaimTruth.ANOTHER:
        return _("Another number")
    if truth == ClaimTruth.TRUE:
        return _("Yes") if len(truths) == 1 else _("In one quote only")
    return _("Roughly") if truth == ClaimTruth.ABOUT else _("No")


def _describe_record(claim: Claim, row: ClaimRow) -> str:
    verdict, is_strongest = row.verdict, claim.kind == ClaimKind.STRONGEST
    if row.base is None:
        reason = format_iso_days(verdict.reason)
        if verdict.truth == ClaimTruth.ANOTHER:
            return _("Another number: no rate here reached it before, {reason}", reason=reason)
        if is_strongest:
            return _("Not since then: the strongest there is, {reason}", reason=reason)
        return _("Not since then: the weakest there is, {reason}", reason=reason)
    base = _format_day_with_rate(row.base, verdict.card)
    answers = STRONGEST_ANSWERS if is_strongest else WEAKEST_ANSWERS
    return translate_deferred(answers[verdict.truth], base=base)


def _describe_changes(answer: ClaimAnswer) -> str:
    """`stronger by 20.57 % in RUB per USD and 25.90 % in USD per RUB than the last rate …`."""
    return "; ".join(_list_changes(answer))


def _list_changes(answer: ClaimAnswer) -> list[str]:
    by_base: dict[str, list[ClaimRow]] = {}
    for row in answer.of_main:
        if row.base is not None and row.verdict.found is not None:
            by_base.setdefault(row.verdict.base_name, []).append(row)
    return [_describe_change(rows, answer.claim) for rows in by_base.values()]


def _describe_change(rows: Sequence[ClaimRow], claim: Claim) -> str:
    first = rows[0]
    assert first.base is not None
    base_name = first.verdict.base_name
    values = {
        "sizes": ", ".join(
            f"{name_unit(row.verdict.quote)} {format_change_percent(row, claim)}" for row in rows
        ),
        "base": _("the rate then")
        if base_name == "since"
        else translate_deferred(BASE_LABELS[base_name]),
        "rate": _format_day_with_rate(first.base, first.verdict.card),
    }
    match name_change_direction(claim, first.verdict.found or 0.0):
        case "stronger":
            return _("stronger ({sizes}) than {base}, {rate}", **values)
        case "weaker":
            return _("weaker ({sizes}) than {base}, {rate}", **values)
        case _unchanged:
            return _("unchanged ({sizes}) and as it was at {base}, {rate}", **values)


def format_change_percent(row: ClaimRow, claim: Claim) -> str:
    """The signed change of the number in the row's own quote: `−20.57 %` of RUB per USD."""
    verdict = row.verdict
    sign = 1 if claim.kind == ClaimKind.UP else -1
    of_quote = -sign if verdict.quote == verdict.card.unit else sign
    return format_percent(of_quote * (verdict.found or 0.0), 2)


def name_change_direction(claim: Claim, change: float) -> str:
    """The rouble's direction of a change whose sign is that of the claim."""
    if abs(change) < 5e-5:
        return "unchanged"
    return "stronger" if (change > 0) == (claim.kind == ClaimKind.UP) else "weaker"


def _write_sentence(answer: ClaimAnswer, mentioned: set[tuple[str, date]]) -> str:
    """One sentence; the rate of a day is given once, `mentioned` holds the days already given."""
    claim, row = answer.claim, next(iter(answer.of_main), None)
    if row is None or row.at is None:
        return f"{format_question(claim)} {describe_answer(answer)}"
    card, at = row.verdict.card, row.at
    sentences = []
    if (card.id, at.day) not in mentioned:
        opening = _(
            "On {day} the {series} stood at {printed_rate}.",
            day=format_day(at.day),
            series=_name_series(card),
            printed_rate=_format_printed_rate(at, row),
        )
        mentioned.add((card.id, at.day))
        sentences.append(opening)
    if get_overall_truth(answer) == ClaimTruth.UNKNOWN:
        sentences += [format_question(claim), describe_answer(answer)]
    elif is_record_claim(claim):
        sentences.append(f"{_write_record(claim, row)}.")
    elif claim.kind != ClaimKind.LEVEL:
        sentences.append(_("The rouble was {changes}.", changes=_describe_changes(answer)))
        if _is_claimed_direction(answer):
            needed = "; ".join(list_needed_bases(answer))
            sentences += [f"{capitalize_first(needed)}."] if needed else []
    return " ".join(sentences)


def _is_claimed_direction(answer: ClaimAnswer) -> bool:
    """Whether the rouble moved in the direction that is claimed."""
    return any((row.verdict.found or 0.0) > 0 for row in answer.of_main)


def _write_record(claim: Claim, row: ClaimRow) -> str:
    is_strongest = claim.kind == ClaimKind.STRONGEST
    sentences = STRONGEST_SENTENCES if is_strongest else WEAKEST_SENTENCES
    if row.base is None:
        reason = format_iso_days(row.verdict.reason)
        return translate_deferred(sentences[ClaimTruth.UNKNOWN], reason=reason)
    return translate_deferred(
        sentences[row.verdict.truth],
        base=f"{format_day(row.base.day)} ({_format_printed_rate(row.base, row)})",
        since=format_since(claim),
    )


def _name_series(card: SeriesCard) -> str:
    if card.date_rule == BANK_OF_RUSSIA.id and card.quantity.startswith("official"):
        return _("official rate of the {publisher}", publisher=card.publisher_label)
    return card.label


def _format_printed_rate(fixing: Fixing, row: ClaimRow) -> str:
    """`80.7597 RUB per USD (record of 22 Apr 2025)`."""
    card = row.verdict.card
    rate = f"{format_number(fixing.rate, card.decimals)} {card.unit_label}"
    if fixing.record == fixing.day:
        return rate
    return _("{rate}, record of {record}", rate=rate, record=format_day(fixing.record))


def _format_rate_on_day(fixing: Fixing, card: SeriesCard) -> str:
    return _(
        "{rate} {unit} on {day}",
        rate=format_number(fixing.rate, card.decimals),
        unit=card.unit_label,
        day=format_day(fixing.day),
    )


def _format_day_with_rate(fixing: Fixing, card: SeriesCard) -> str:
    return f"{format_day(fixing.day)} ({format_number(fixing.rate, card.decimals)})"


def _name_claimed_base(claim: Claim) -> str:
    if claim.base == "since":
        is_period = claim.since is not None and claim.since.end_day != claim.since.day
        since = format_since(claim)
        return _("in {period}", period=since) if is_period else _("on {day}", day=since)
    if claim.base == "year_start":
        return _("at the start of the year")
    return translate_deferred(BASE_LABELS[claim.base])


def format_since(claim: Claim) -> str:
    """The period that a claim reaches back to: its words, in another language its dates."""
    if claim.since is None or claim.since.day is None or current_language() == ENGLISH:
        return claim.since.phrase if claim.since else ""
    first, last = claim.since.day, claim.since.end_day or claim.since.day
    if (last - first).days > DAYS_OF_A_MONTH:
        return translate_in_context("since", "{year}", year=first.year)
    if first == last:
        return format_day(first)
    months = translate_deferred(MONTHS_SINCE).split(", ")
    return translate_in_context(
        "since", "{month} {year}", month=months[first.month - 1], year=first.year
    )


def _format_value(claim: Claim) -> str:
    return format_number(claim.value or 0.0, claim.decimals)


def get_claim_day(answers: Sequence[ClaimAnswer]) -> date | None:
    """The first day of which a claim speaks."""
    return next((answer.claim.day for answer in answers if answer.claim.day), None)


def describe_last_reached(quoting: QuotedSeries, facts: DayFacts) -> str:
    """When the rate was last as strong and as weak."""
    if not quoting.card.subject.is_currency:
        return ""
    records = []
    begin = format_day(facts.first_day)
    for seen, strongest in ((facts.strongest_since, True), (facts.weakest_since, False)):
        if seen is None:
            records.append(
                _("the strongest in the data, which begin {day}", day=begin)
                if strongest
                else _("the weakest in the data, which begin {day}", day=begin)
            )
        elif (facts.day - seen.day).days > 31:
            values = {"day": format_day(seen.day), "rate": quoting.rate(seen.rate)}
            records.append(
                _("the strongest since {day} ({rate})", **values)
                if strongest
                else _("the weakest since {day} ({rate})", **values)
            )
    return f"{capitalize_first(join_and(records))}." if records else ""


# ------------------------------------------------------------------ table of sources and bases


def build_claim_columns(answer: ClaimAnswer) -> dict[str, list[str]]:
    """`build_plain_claim_columns` as Markdown, the verdicts that the claim names in bold."""
    columns = build_plain_claim_columns(answer)
    claimed = [group[0].verdict.is_claimed for group in _group_rows(answer.rows)]
    verdicts = columns[_("Verdict")]
    bold = [f"**{text}**" if is_bold else text
            for text, is_bold in zip(verdicts, claimed, strict=False)]  # fmt: skip
    return columns | {
        _("Verdict"): [*bold, *verdicts[len(bold) :]],
        _("Source"): [escape_markdown(cell) for cell in columns[_("Source")]],
        _("Why"): [escape_markdown(cell, REASON_LIMIT) for cell in columns[_("Why")]],
    }


def build_plain_claim_columns(answer: ClaimAnswer) -> dict[str, list[str]]:
    """An answer as columns of plain text, the two quotes of a change in one row."""
    claim, groups = answer.claim, _group_rows(answer.rows)
    firsts = [group[0] for group in groups]
    columns = {
        _("Verdict"): [_format_verdicts(group, answer) for group in groups],
        _("Source"): [row.verdict.card.label for row in firsts],
        _("That day"): [_format_fixing(row.at, row.verdict.card) for row in firsts],
    }
    if claim.kind in CHANGE_KINDS:
        columns |= {
            _("Compared with"): [format_base(row) for row in firsts],
            _("Its rate"): [_format_fixing(row.base, row.verdict.card) for row in firsts],
            _("Change"): [_format_change(group, answer) for group in groups],
        }
    elif is_record_claim(claim):
        is_strongest = claim.kind == ClaimKind.STRONGEST
        name = _("Last at least as strong") if is_strongest else _("Last at least as weak")
        columns[name] = [_format_fixing(row.base, row.verdict.card) for row in firsts]
    columns[_("Why")] = [format_iso_days(row.verdict.reason) or NO_VALUE for row in firsts]
    return _add_market_row(columns, answer)


def build_claim_lines(answer: ClaimAnswer) -> list[str]:
    """The same rows as short paragraphs, for a narrow screen; safe Markdown."""
    columns = build_claim_columns(answer)
    names = [name for name in columns if name not in {_("Verdict"), _("Source"), _("Why")}]
    lines = []
    for k, (verdict, source) in enumerate(
        zip(columns[_("Verdict")], columns[_("Source")], strict=True)
    ):
        cells = [f"{name}: {columns[name][k]}" for name in names if columns[name][k] != NO_VALUE]
        why = columns[_("Why")][k]
        lines.append(
            " · ".join([f"{verdict} {source}", *cells, *([why] if why != NO_VALUE else [])])
        )
    return lines


def format_base(row: ClaimRow) -> str:
    """The name of the base of a row, marked where the claim does not name it."""
    name = row.verdict.base_name
    if not name:
        return NO_VALUE
    base = translate_deferred(BASE_LABELS[name])
    return base if row.verdict.is_claimed else _("{base} (not claimed)", base=base)


def _add_market_row(columns: dict[str, list[str]], answer: ClaimAnswer) -> dict[str, list[str]]:
    """A last row for market quotes, which no source provides."""
    reason = translate_deferred(OTC_CAVEAT)
    needed = [base for base in answer.needed if base.card.id == answer.main]
    if needed and answer.claim.kind in CHANGE_KINDS:
        rates = [format_number(base.rate, base.card.decimals) for base in needed]
        reason = _(
            "{caveat}; it would have to start from {rates}",
            caveat=reason,
            rates=join_or(rates),
        )
    last = {
        _("Verdict"): translate_deferred(TRUTH_LABELS[ClaimTruth.UNKNOWN]),
        _("Source"): translate_deferred(MARKET_LABEL),
        _("Why"): reason,
    }
    return {name: [*cells, last.get(name, NO_VALUE)] for name, cells in columns.items()}


def _group_rows(rows: Sequence[ClaimRow]) -> list[list[ClaimRow]]:
    """The rows of one series and base together: they differ in the quote."""
    groups: dict[tuple[str, str], list[ClaimRow]] = {}
    for row in rows:
        groups.setdefault((row.verdict.card.id, row.verdict.base_name), []).append(row)
    return list(groups.values())


def _format_verdicts(group: Sequence[ClaimRow], answer: ClaimAnswer) -> str:
    """One verdict where both quotes agree, else that of each quote."""
    verdicts = {row.verdict.quote: format_verdict(answer.claim, row.verdict.truth) for row in group}
    if len(set(verdicts.values())) == 1:
        return next(iter(verdicts.values()))
    return "; ".join(f"{name_unit(quote)}: {verdict}" for quote, verdict in verdicts.items())


def _format_fixing(fixing: Fixing | None, card: SeriesCard) -> str:
    """`80.7597, 21 Apr 2025 (record of 22 Apr 2025)`."""
    if fixing is None:
        return NO_VALUE
    rate, day = format_number(fixing.rate, card.decimals), format_day(fixing.day)
    if fixing.record == fixing.day:
        return f"{rate}, {day}"
    record = format_day(fixing.record)
    return _("{rate}, {day} (record of {record})", rate=rate, day=day, record=record)


def _format_change(group: Sequence[ClaimRow], answer: ClaimAnswer) -> str:
    """`stronger: RUB per USD −20.57 %, USD per RUB +25.90 %`."""
    if group[0].verdict.found is None:
        return NO_VALUE
    sizes = ", ".join(
        f"{name_unit(row.verdict.quote)} {format_change_percent(row, answer.claim)}"
        for row in group
    )
    match name_change_direction(answer.claim, group[0].verdict.found):
        case "stronger":
            return _("stronger: {sizes}", sizes=sizes)
        case "weaker":
            return _("weaker: {sizes}", sizes=sizes)
        case _unchanged:
            return _("unchanged: {sizes}", sizes=sizes)
