"""Check facts: what every series says about a day, in the shape of the JSON contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from dashboard.domain.day_facts import DayFacts, Observation
from dashboard.domain.errors import InputError
from dashboard.domain.series import RateSeries, refuse_no_price
from dashboard.domain.source_move import SourceMove
from dashboard.engine.facts import facts_on
from dashboard.services.answer_json import source_move_rows_json

FURTHEST_DAYS: Final = 366
"""After the last rate: a year on, even the base "end of the year before" would be that rate."""


def check_facts(
    series: Sequence[RateSeries], day: date, since: date | None = None
) -> tuple[DayFacts, ...]:
    """Facts of one day on every series.

    Raises:
        InputError: when the day lies before a series' first observation, or the series is no
            price.
    """
    for each in series:
        refuse_no_price(each.card)
    return tuple(facts_on(each, day, since) for each in series)


def answer_facts(
    series: Sequence[RateSeries], day: date, since: date | None = None
) -> tuple[tuple[DayFacts, ...], tuple[str, ...]]:
    """`check_facts` for a day that somebody typed, which the data may not reach.

    Returns:
        The facts of every series that reaches near the day, and of each other one a line that
        says where it ended: its last rate would be of another time.

    Raises:
        InputError: the day lies before a series' first observation, or none reaches near it.
    """
    answers = check_facts(series, day, since)
    near = tuple(facts for facts in answers if (day - facts.day).days <= FURTHEST_DAYS)
    left_out = tuple(
        f"{day}: more than a year after the data of {facts.series}; they end on {facts.day}"
        for facts in answers
        if facts not in near
    )
    if not near:
        raise InputError(left_out[0])
    return near, left_out


def facts_json(
    asked: date, answers: Sequence[DayFacts], moves: Sequence[SourceMove] = ()
) -> dict[str, Any]:
    """The contract of `facts --json` and of the HTTP API; `moves` are those of every source."""
    return {
        "asked": asked.isoformat(),
        "answers": [_answer(answer) for answer in answers],
        "source_moves": source_move_rows_json(moves),
    }


def _answer(answer: DayFacts) -> dict[str, Any]:
    return {
        "series": answer.series,
        "quote": answer.quote,
        "day": answer.day.isoformat(),
        "rate": answer.rate,
        "changes": [
            {
                "base": change.base,
                "base_day": change.base_day.isoformat(),
                "base_rate": change.base_rate,
                "rub_per_usd_pct": change.rub_per_usd_pct,
                "usd_per_rub_pct": change.usd_per_rub_pct,
                "log_points": change.log_points,
            }
            for change in answer.changes
        ],
        "strongest_since": _observation(answer.strongest_since),
        "weakest_since": _observation(answer.weakest_since),
        "data_from": answer.first_day.isoformat(),
        "range_52_weeks": {
            "low": _observation(answer.year_low),
            "high": _observation(answer.year_high),
        },
    }


def _observation(observation: Observation | None) -> dict[str, Any] | None:
    if observation is None:
        return None
    return {"day": observation.day.isoformat(), "rate": observation.rate}
