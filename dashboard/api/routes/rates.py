"""Routes of rates: observations, facts about a day, and events measured on every source."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from dashboard.api.dependencies import Context, get_series_list, known_events
from dashboard.api.params import (
    MAX_REPEATS,
    DayText,
    QueryParams,
    RatesCsvParams,
    RatesPageParams,
    SourceMovesCsvParams,
    SourceMovesPageParams,
)
from dashboard.api.responses import (
    describe_csv,
    describe_json,
    describe_page,
    describe_workbook,
    json_response,
    page_response,
    table_response,
)
from dashboard.container import AppContext
from dashboard.models.moves import SourceMove
from dashboard.services.claims import answer_facts, facts_json
from dashboard.services.rates import DEFAULT_SERIES, daily_series
from dashboard.services.serializers import card_json, table_json
from dashboard.services.source_moves import compare_sources_of_events, compare_sources_of_facts

rates_router = APIRouter(tags=["rates"])
facts_router = APIRouter(tags=["facts"])
sources_router = APIRouter(tags=["sources"])


@rates_router.get("/rates.csv", responses=describe_csv("rates"), response_class=Response)
@rates_router.get("/rates.xlsx", responses=describe_workbook("rates"), response_class=Response)
def rates_file(
    request: Request, context: Context, params: Annotated[RatesCsvParams, Query()]
) -> Response:
    """The observations of a period as CSV, or a workbook."""
    series = get_series_list(context, params.series)
    shown = [one.between(params.since, params.until) for one in series]
    name = (*(one.card.id for one in series), "rates", params.since, params.until)
    return table_response(request, "rates", shown, name, params.flavour)


@rates_router.get("/rates.json", responses=describe_page("rates"), response_class=Response)
def rates_page(
    request: Request, context: Context, params: Annotated[RatesPageParams, Query()]
) -> Response:
    """The observations of a period, a page of them, with the cards of their series."""
    series = get_series_list(context, params.series)
    rows = table_json("rates", [one.between(params.since, params.until) for one in series])
    cards = [card_json(one.card) for one in series]
    return page_response(request, rows, params.limit, params.offset, series=cards)


class FactsParams(QueryParams):
    """The day, the series, and a base of one's own."""

    day: DayText = Field(alias="date", description="The day in question, as 2025-04-21.")
    rates: list[str] = Field(
        [DEFAULT_SERIES], max_length=MAX_REPEATS, description="Ids of series; may be repeated."
    )
    since: DayText | None = Field(None, description="Another base for the change.")


@facts_router.get(
    "/facts.json",
    responses=describe_json(
        {"type": "object"}, "The rate and its changes, as `facts --json` prints"
    ),
    response_class=Response,
)
def facts(request: Request, context: Context, params: Annotated[FactsParams, Query()]) -> Response:
    """The rate of a day, its changes, since when it was last there, and what other sources say."""
    series = get_series_list(context, params.rates)
    answers, _ = answer_facts(series, params.day, params.since)
    moves = compare_sources_of_facts(daily_series(context.rates), series, params.day, params.since)
    return json_response(request, facts_json(params.day, answers, moves))


@sources_router.get("/sources.csv", responses=describe_csv("source_moves"), response_class=Response)
@sources_router.get(
    "/sources.xlsx",
    responses=describe_workbook("source_moves"),
    response_class=Response,
)
def sources_file(
    request: Request, context: Context, params: Annotated[SourceMovesCsvParams, Query()]
) -> Response:
    """The same moves of the dollar on every source, event by event, as CSV, or a workbook."""
    name = ("sources", params.since, params.until)
    moves = _source_moves(context, params)
    return table_response(request, "source_moves", moves, name, params.flavour)


@sources_router.get(
    "/sources.json", responses=describe_page("source_moves"), response_class=Response
)
def sources_page(
    request: Request, context: Context, params: Annotated[SourceMovesPageParams, Query()]
) -> Response:
    """The same moves of the dollar on every source, a page of them."""
    rows = table_json("source_moves", _source_moves(context, params))
    return page_response(request, rows, params.limit, params.offset)


def _source_moves(
    context: AppContext, params: SourceMovesCsvParams | SourceMovesPageParams
) -> tuple[SourceMove, ...]:
    events = params.find(known_events(context))
    return compare_sources_of_events(daily_series(context.rates), events, params.offsets())
