"""Facts over the network: what every series says about a day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from dashboard.api.answers import json_answer
from dashboard.api.asked import FEW, Asked, DayText
from dashboard.api.house import House, series_of
from dashboard.api.schemas import json_of
from dashboard.services.check_facts import answer_facts, facts_json
from dashboard.services.compare_sources import compare_facts
from dashboard.services.get_rates import DEFAULT_SERIES, daily_series

router = APIRouter(tags=["facts"])


class Facts(Asked):
    """The day, the series, and a base of one's own."""

    day: DayText = Field(alias="date", description="The day asked about, as 2025-04-21.")
    rates: list[str] = Field(
        [DEFAULT_SERIES], max_length=FEW, description="Ids of series; may be repeated."
    )
    since: DayText | None = Field(None, description="Another base for the change.")


@router.get(
    "/facts.json",
    responses=json_of({"type": "object"}, "The rate and its changes, as `facts --json` prints"),
    response_class=Response,
)
def facts(request: Request, house: House, asked: Annotated[Facts, Query()]) -> Response:
    """The rate of a day, its changes, since when it was last there, and what other sources say."""
    series = series_of(house, asked.rates)
    answers, _ = answer_facts(series, asked.day, asked.since)
    moves = compare_facts(daily_series(house.rates), series, asked.day, asked.since)
    return json_answer(request, facts_json(asked.day, answers, moves))
