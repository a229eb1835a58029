"""Routes of rates: observations, facts about a day, and events measured on every source."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal, cast

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from dashboard.api.dependencies import Context, WriterToken, get_series_list, known_events
from dashboard.api.errors import Problem, plain_problem_responses, problem_responses
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
    text_response,
)
from dashboard.container import AppContext
from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.models.moves import DayFacts, RateChange, SourceMove
from dashboard.models.people import Action
from dashboard.models.series import RateSeries
from dashboard.services.claims import answer_facts, facts_json
from dashboard.services.live_rates import RefreshRequest, refresh_rates
from dashboard.services.notes import utc_now
from dashboard.services.rates import DEFAULT_SERIES, daily_series, get_series
from dashboard.services.serializers import card_json, refresh_results_json, table_json
from dashboard.services.source_moves import compare_sources_of_events, compare_sources_of_facts
from dashboard.services.tickers import search_json, search_tickers

rates_router = APIRouter(tags=["rates"])
facts_router = APIRouter(tags=["facts"])
sources_router = APIRouter(tags=["sources"])

MAX_FETCHED: Final = 5
"""Series of one request: a long history takes half a minute."""


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
    answers, _left_out = answer_facts(series, params.day, params.since)
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


# ---- tickers
#
# A GET never uses the network, whoever asks: it can come from the page of another site, from a
# crawler or a prefetching browser. What is not stored is fetched by the POST, with a token that
# may write, of a person who may fetch.


class SearchParams(QueryParams):
    """What is searched for."""

    q: str = Field(
        max_length=60, description="A part of a name in English or Russian, or of a symbol."
    )


@rates_router.get(
    "/rates/search",
    responses=describe_json(
        {
            "type": "object",
            "required": ["series", "problems"],
            "properties": {
                "series": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["id", "title", "publisher", "kind", "note", "stored"],
                    },
                },
                "problems": {"type": "array", "items": {"type": "string"}},
            },
        },
        "The series, those whose symbol is the text first; `stored` ones have numbers here.",
    ),
    response_class=Response,
)
def search(
    request: Request, context: Context, params: Annotated[SearchParams, Query()]
) -> Response:
    """Series by name: those that are here, and the well-known ones of every publisher."""
    return json_response(request, search_json(search_tickers(context.known, params.q)))


class FetchParams(QueryParams):
    """Which series to fetch."""

    series: list[str] = Field(
        min_length=1, max_length=MAX_FETCHED, description="Ids of series or tickers, as moex:SBER."
    )


@rates_router.post(
    "/rates/fetch",
    responses={
        200: {
            "description": "What became of each series, as `rates refresh --json` says it.",
            "content": {"application/json": {"schema": {"type": "array"}}},
        },
        **problem_responses(401, 403, 409, 429),
    },
    response_class=Response,
)
def fetch(
    request: Request,
    writer: WriterToken,
    context: Context,
    params: Annotated[FetchParams, Query()],
) -> Response:
    """Fetch what is new of some series, also of tickers that are not here yet.

    It needs a token that may write, of a person who may fetch.
    """
    context.access.authorize(
        context.access.reader_of_token(writer.person, writer.scope), Action.FETCH
    )
    if context.refresher.is_offline:
        raise Problem(409, _("this instance is offline, or frozen, and fetches nothing"))
    context.limits.take(writer.person, "fetch")
    wanted = RefreshRequest(series=tuple(dict.fromkeys(params.series)))
    results = refresh_rates(context.known, context.rate_cache, wanted, utc_now)
    return json_response(request, refresh_results_json(results))


# ---- one number


class ValueParams(QueryParams):
    """Which number of which day, and how it is written."""

    series: str = Field(DEFAULT_SERIES, max_length=120, description="The id of a series.")
    on: DayText | None = Field(None, description="The day, as 2025-04-21; else the last one.")
    by: Literal["market", "record"] = Field(
        "market", description="Whether it is the market day, or the date that is printed."
    )
    show: Literal["rate", "inverse", "change", "inverse_change", "move", "day"] = Field(
        "rate",
        description="The published number, one over it, the change of either in per cent, the move"
        " of the rouble in log points (positive = stronger), or the market day that answers.",
    )
    base: Literal[
        "previous", "week", "month", "quarter", "year", "year_end", "year_start", "since"
    ] = Field("previous", description="What a change or a move is counted from.")
    since: DayText | None = Field(None, description="The day of the base `since`.")
    decimal: Literal["point", "comma"] = "point"
    digits: int | None = Field(
        None, ge=0, le=10, description="Decimals; else every digit of a rate, six of a change."
    )


MAX_VALUE_AGE: Final = 14
"""Days from the day requested to the last rate before it: a holiday is shorter, an error is not."""
CHANGE_DIGITS: Final = 6


@rates_router.get(
    "/value.txt",
    responses=cast(
        "dict[int | str, dict[str, Any]]",
        {
            200: {
                "description": "The number alone, for one cell of a spreadsheet.",
                "content": {"text/plain": {"schema": {"type": "string"}, "example": "80.7597"}},
            },
            **plain_problem_responses(400, 401, 403, 404, 422, 503),
        },
    ),
    response_class=Response,
)
def value(request: Request, context: Context, params: Annotated[ValueParams, Query()]) -> Response:
    """One number as plain text: the last rate on or before a day, or its change.

    An error is one line of plain text with its status.
    """
    series = get_series(context.rates, params.series)
    return text_response(request, _format_value(_find_value(series, params), params))


def _find_value(series: RateSeries, params: ValueParams) -> float | date:
    """The number that is requested for.

    Raises:
        InputError: the parameters do not fit one another, or the series is no price.
        Problem: 404, there is no such rate.
    """
    day = _find_day(series, params)
    if params.base == "since" and params.since is None:
        raise InputError(_("is missing; the base is a day of your own"), field="since")
    (facts,), _left_out = answer_facts([series], day, params.since)
    if (day - facts.day).days > MAX_VALUE_AGE:
        raise _missing(series, day)
    match params.show:
        case "day":
            return facts.day
        case "rate":
            return facts.rate
        case "inverse":
            return 1 / facts.rate
    return _find_change(series, facts, params)


def _find_change(series: RateSeries, facts: DayFacts, params: ValueParams) -> float:
    name = "since" if params.since is not None else params.base
    change: RateChange | None = next((c for c in facts.changes if c.base == name), None)
    if change is None:
        msg = _("{series} has no rate at the base {base}", series=series.card.id, base=name)
        raise Problem(404, msg)
    if params.show == "move":
        return change.log_points
    is_inverse = params.show == "inverse_change"
    return change.usd_per_rub_pct if is_inverse else change.rub_per_usd_pct


def _find_day(series: RateSeries, params: ValueParams) -> date:
    """The market day that is requested for.

    Raises:
        Problem: 404, there is none.
    """
    requested = params.on
    dates = series.day if params.by == "market" else series.record
    row = (
        len(series) - 1
        if requested is None
        else int(np.searchsorted(dates, np.datetime64(requested, "D"), side="right")) - 1
    )
    if row < 0:
        raise _missing(series, requested)
    if requested is not None and params.by == "market":
        return requested
    found = date.fromisoformat(str(dates[row]))
    if requested is not None and (requested - found).days > MAX_VALUE_AGE:
        raise _missing(series, requested)
    return date.fromisoformat(str(series.day[row]))


def _missing(series: RateSeries, day: date | None) -> Problem:
    if not len(series):
        return Problem(404, _("{series} has no rates", series=series.card.id))
    first, last = series.day[0], series.day[-1]
    return Problem(
        404,
        _(
            "{series} has no rate on {day}; its rates are of {first} to {last}",
            series=series.card.id,
            day=day,
            first=first,
            last=last,
        ),
    )


def _format_value(value: float | date, params: ValueParams) -> str:
    if isinstance(value, date):
        return value.isoformat()
    digits = params.digits
    if digits is None and params.show != "rate":
        digits = CHANGE_DIGITS
    text = repr(value) if digits is None else f"{value + 0.0:.{digits}f}"
    return text.replace(".", ",") if params.decimal == "comma" else text
