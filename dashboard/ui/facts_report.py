"""The report of a claim check: what was claimed, whether it is so, on which source and base."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dashboard.domain.claim_answer import ClaimAnswer
from dashboard.domain.report import Report, ReportChart, ReportTable
from dashboard.domain.series import RateSeries
from dashboard.services.check_claims import series_of
from dashboard.ui import claim_words as words
from dashboard.ui.charts.claim import (
    ClaimChart,
    build_claim_figure,
    claim_summary,
    marked,
)
from dashboard.ui.claim_table import plain_columns
from dashboard.ui.event_words import sentence_case
from dashboard.ui.palette import LIGHT
from dashboard.ui.report_parts import (
    SOFTWARE,
    MadeFor,
    as_of_parameter,
    links_of,
    rate_source,
    table_of,
)
from dashboard.ui.text import plain
from dashboard.ui.wording import count, day, stamp, weekday_day

MOST_IN_TITLE: Final = 3
SENTENCE_LIMIT: Final = 2_000
PARAGRAPH: Final = 8_000


def facts_report(
    answers: Sequence[ClaimAnswer],
    chart: ClaimChart | None,
    series: Sequence[RateSeries],
    made: Sequence[MadeFor],
    notices: Sequence[str] = (),
) -> Report:
    """What "Check a claim" says to one or several claims.

    Args:
        answers: one or more.
        chart: the figure of the page; None where no rate is known.
        series: the observations behind the answers, for publisher, terms and day.
        made: when, and the links back: one for the page, or one for each claim.
        notices: what the page says first.
    """
    when = made[0]
    return Report(
        title=_title(answers),
        question=_question(answers),
        parameters=(*_parameters(answers, chart), as_of_parameter(when)),
        paragraphs=tuple(_paragraphs(answers, made)),
        charts=() if chart is None else (_chart(replace(chart, phone=False)),),
        tables=tuple(_tables(answers, chart)),
        cautions=(*notices, f"{sentence_case(words.OVER_THE_COUNTER)}."),
        sources=tuple(rate_source(each) for each in _used(answers, series)),
        links=tuple(
            link
            for at, each in enumerate(made)
            for link in links_of(each, words.question(answers[at].claim) if len(made) > 1 else "")
        ),
        software=SOFTWARE,
        made_at=when.moment,
    )


def _title(answers: Sequence[ClaimAnswer]) -> str:
    """`Strongest since June 2024? No, it was stronger. …`: each question with its verdict."""
    told = [
        f"{words.question(each.claim)} {words.answer_words(each).partition(': ')[0].rstrip('.')}."
        for each in answers[:MOST_IN_TITLE]
    ]
    more = len(answers) - MOST_IN_TITLE
    return " ".join([*told, *([f"And {count(more, 'more claim')}."] if more > 0 else [])])


def _question(answers: Sequence[ClaimAnswer]) -> str:
    """The sentence that was pasted, else the question."""
    pasted = dict.fromkeys(each.claim.sentence for each in answers if each.claim.sentence)
    if pasted:
        return f"Is it so? “{plain(' '.join(pasted), SENTENCE_LIMIT)}”"
    return " ".join(words.question(each.claim) for each in answers)


def _paragraphs(answers: Sequence[ClaimAnswer], made: Sequence[MadeFor]) -> Iterator[str]:
    for answer in answers:
        yield f"{words.question(answer.claim)} {words.answer_words(answer)}"
        needed = [f"{each[:1].upper()}{each[1:]}." for each in words.needed_of(answer)]
        others = words.others_words(answer)
        beside = " ".join([*needed, *([f"Other sources: {others}."] if others else [])])
        if beside:
            yield beside
    links = " ".join(each.live for each in made)
    yield plain(words.paragraph(answers, stamp(made[0].known_on), links), PARAGRAPH)


def _chart(chart: ClaimChart) -> ReportChart:
    return ReportChart(
        build_claim_figure(chart, LIGHT),
        chart.title,
        chart.subtitle,
        f"{chart.quoting.unit} by market day; marked are the day of the claim, the bases that a"
        " change is counted from, and the last day at least as strong, or as weak.",
        claim_summary(chart),
    )


def _tables(answers: Sequence[ClaimAnswer], chart: ClaimChart | None) -> Iterator[ReportTable]:
    for answer in answers:
        title = f"{words.question(answer.claim)} Every source and base"
        yield table_of(title, plain_columns(answer))
    if chart is not None:
        points, quoting = marked(chart), chart.quoting
        yield table_of(
            "The marks of the chart",
            {
                "Mark": [name for name, _ in points],
                "Market day": [weekday_day(fixing.day) for _, fixing in points],
                "Record date": [weekday_day(fixing.record) for _, fixing in points],
                quoting.unit: [quoting.rate(fixing.rate) for _, fixing in points],
            },
        )


def _parameters(
    answers: Sequence[ClaimAnswer], chart: ClaimChart | None
) -> Iterator[tuple[str, str]]:
    days = dict.fromkeys(day(each.claim.day) for each in answers if each.claim.day)
    yield "Day of the claim", "; ".join(days) or "not told"
    yield "Claims", "; ".join(words.question(each.claim) for each in answers)
    mains = dict.fromkeys(each.main for each in answers if each.main)
    yield "Series that answers first", "; ".join(mains) or "none"
    if chart is not None:
        yield "Shown as", chart.quoting.unit


def _used(answers: Sequence[ClaimAnswer], series: Sequence[RateSeries]) -> list[RateSeries]:
    """The series that have a rate to say, those made of others too; the main one in front."""
    mains = [each.main for each in answers]
    named = {row.verdict.card.id for each in answers for row in each.rows if row.at is not None}
    currencies = dict.fromkeys(each.claim.currency for each in answers)
    held = [one for currency in currencies for one in series_of(currency, series)]
    used = [one for one in held if one.card.id in {*named, *mains}]
    return sorted(used, key=lambda one: one.card.id not in mains)
