"""Routes of studies and drivers: their tables, with the parameters of the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from dashboard.api.dependencies import Context, RequestReader, get_series_list, known_events
from dashboard.api.errors import Problem
from dashboard.api.params import (
    MAX_REPEATS,
    CsvParams,
    DayText,
    EventsParams,
    LengthText,
    PageParams,
    PeriodParams,
    QueryParams,
    WindowText,
)
from dashboard.api.responses import (
    WORKBOOK_MEDIA_TYPE,
    OpenApiResponses,
    describe_csv,
    describe_json,
    describe_page,
    describe_workbook,
    json_response,
    page_response,
    table_response,
)
from dashboard.container import AppContext
from dashboard.models.analyses import Dose
from dashboard.models.drivers import (
    MAX_LAGS,
    MAX_SPLITS,
    MIN_WINDOW,
    DriverAnswer,
    DriverMeasure,
    DriverRequest,
)
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.people import Reader
from dashboard.models.study import (
    Grouping,
    Overlap,
    Pool,
    Returns,
    StudyAnswer,
    StudyRequest,
    read_length,
    read_window,
    read_windows,
)
from dashboard.services.compare import relate_to_columns
from dashboard.services.counterfactual import (
    Counterfactual,
    SyntheticRequest,
    build_counterfactual,
    counterfactual_json,
    default_donors,
    load_dollar_rates,
)
from dashboard.services.drivers import DriverTableName, driver_json, run_driver
from dashboard.services.episodes import first_events
from dashboard.services.exports import StudyTableName, study_objects
from dashboard.services.method import model_ids
from dashboard.services.rate_limit import HEAVY_AT_ONCE, MAX_WAITING
from dashboard.services.rates import DEFAULT_SERIES, get_series, list_cards
from dashboard.services.regimes import (
    BreakKind,
    RegimeAnswer,
    RegimeRequest,
    SplitRow,
    find_regimes,
    group_events,
    read_split,
    regimes_json,
    split_study,
)
from dashboard.services.serializers import (
    JSON_TABLES,
    json_key,
    study_json,
    table_json,
    table_json_schema,
)
from dashboard.services.study import common_bar_minutes, run_study

router = APIRouter(tags=["study"])

MAX_OBSERVATIONS: Final = 2_500
_STUDY_THREADS: Final = CapacityLimiter(HEAVY_AT_ONCE + MAX_WAITING + 1)
"""Threads of studies alone: those that wait for their turn, and one to refuse another."""


class StudyParams(EventsParams):
    """The options of the command `study`, and the filters of events."""

    rates: list[str] = Field([DEFAULT_SERIES], max_length=MAX_REPEATS, description="Ids of series.")
    returns: Returns = "log"
    model: str = Field("mean", max_length=40, description=f"One of {', '.join(model_ids())}.")
    factor: list[str] = Field(
        [], max_length=MAX_REPEATS, description="Ids of series that explain the normal return."
    )
    window: WindowText = Field(
        "-5:10", description="The event window, first:last offset; on bars also -2h:6h."
    )
    car: list[WindowText] = Field(["0:1"], max_length=MAX_REPEATS, description="CAR windows.")
    estimation: LengthText = Field("120", description="Returns; on bars also 120h.")
    gap: LengthText = "10"
    min_estimation: LengthText = "60"
    overlap: Overlap = "keep"
    pool: Pool = Field(
        "near",
        description="Dates that the move of an event is compared with: within 250 rows of it,"
        " or of all years quiet, all, of similar volatility.",
    )
    by: Grouping = "category"
    by_story: Literal["", "first"] = Field(
        "", description="first: only the first event of each story; spans: see `/episodes.json`."
    )
    seed: int = Field(1, ge=0, le=2**31)

    def request(self, bar_minutes: int) -> StudyRequest:
        """The request of the study, for series with bars of so many minutes (0: days).

        Raises:
            InputError: the windows do not fit one another, or the bars.
        """
        return StudyRequest(
            returns=self.returns,
            model=self.model,
            window=read_window("window", self.window, bar_minutes),
            cars=read_windows("car", self.car, bar_minutes),
            estimation=_read_length("estimation", self.estimation, bar_minutes),
            gap=_read_length("gap", self.gap, bar_minutes),
            min_estimation=_read_length("min_estimation", self.min_estimation, bar_minutes),
            overlap=self.overlap,
            pool=self.pool,
            by=self.by,
            seed=self.seed,
        )


class StudyCsvParams(StudyParams, CsvParams):
    """One table of a study as a file."""

    table: StudyTableName = "events"


class StudyPageParams(StudyParams, PageParams):
    """The study, or a page of one of its tables."""

    table: StudyTableName | None = Field(None, description="Only this table, in pages.")


class SplitPageParams(StudyParams, PageParams):
    """A study in each period, in pages."""

    split: str = Field("regimes", max_length=200, description="As of `split.csv`.")


def _describe_table(media: str) -> OpenApiResponses:
    text = "One table of the study; `events` where none is named."
    return {200: {"description": text, "content": {media: {"schema": {"type": "string"}}}}}


@router.get("/study.csv", responses=_describe_table("text/csv"), response_class=Response)
@router.get("/study.xlsx", responses=_describe_table(WORKBOOK_MEDIA_TYPE), response_class=Response)
async def study_file(
    request: Request,
    context: Context,
    reader: RequestReader,
    params: Annotated[StudyCsvParams, Query()],
) -> Response:
    """One table of a study as CSV, or a workbook."""

    def respond() -> Response:
        objects = study_objects(_study_answer(context, params), params.table)
        name = (*params.rates, "study", params.table)
        return table_response(request, params.table, objects, name, params.flavour)

    return await _respond_in_turn(context, reader, respond)


@router.get(
    "/study.json",
    responses=describe_json(
        {
            "type": "object",
            "properties": {
                json_key(name): {"type": "array", "items": table_json_schema(name)}
                for name in JSON_TABLES
            },
        },
        "The study, as `study --json` prints it",
    ),
    response_class=Response,
)
async def study(
    request: Request,
    context: Context,
    reader: RequestReader,
    params: Annotated[StudyPageParams, Query()],
) -> Response:
    """Every table of a study but `paths`; or one table in pages."""

    def respond() -> Response:
        answer = _study_answer(context, params)
        if params.table is None:
            return json_response(request, study_json(answer))
        rows = table_json(params.table, study_objects(answer, params.table))
        return page_response(request, rows, params.limit, params.offset, table=params.table)

    return await _respond_in_turn(context, reader, respond)


# ---- doses and columns of events


def _describe_rows(table: str) -> dict[str, Any]:
    rows = {"type": "array", "items": table_json_schema(table)}
    return {"type": "object", "properties": {"rows": rows}}


class RelationParams(StudyParams, PageParams, CsvParams):
    """A study, and what its moves are set against."""

    dose: Dose = Field("surprise", description="Which number of an event is its dose.")
    table: Literal["dose_response", "dose_events"] = "dose_response"


class SecondStageParams(StudyParams, PageParams, CsvParams):
    """A study, and the columns its CARs are regressed on."""

    regress: list[Annotated[str, Field(min_length=1, max_length=80)]] = Field(
        min_length=1, max_length=MAX_REPEATS, description="Columns of the events."
    )


@router.get(
    "/study/dose-response.csv", responses=_describe_table("text/csv"), response_class=Response
)
@router.get(
    "/study/dose-response.json",
    responses=describe_json(
        _describe_rows("dose_response"),
        "Slopes of moves per unit of dose, or the events with their doses",
    ),
    response_class=Response,
)
async def dose_response(
    request: Request,
    context: Context,
    reader: RequestReader,
    params: Annotated[RelationParams, Query()],
) -> Response:
    """The moves of a study set against the surprise, the change or the intensity of its events."""

    def respond() -> Response:
        answer = _study_answer(context, params)
        objects = relate_to_columns(answer.results, params.dose)[params.table]
        return _relation_response(request, params, params.table, objects)

    return await _respond_in_turn(context, reader, respond)


@router.get(
    "/study/second-stage.csv", responses=_describe_table("text/csv"), response_class=Response
)
@router.get(
    "/study/second-stage.json",
    responses=describe_json(
        _describe_rows("second_stage"),
        "The CARs of a study regressed on columns of its events",
    ),
    response_class=Response,
)
async def second_stage(
    request: Request,
    context: Context,
    reader: RequestReader,
    params: Annotated[SecondStageParams, Query()],
) -> Response:
    """The CARs of a study regressed on columns of its events."""

    def respond() -> Response:
        answer = _study_answer(context, params)
        objects = relate_to_columns(answer.results, None, params.regress)["second_stage"]
        return _relation_response(request, params, "second_stage", objects)

    return await _respond_in_turn(context, reader, respond)


def _relation_response(
    request: Request,
    params: RelationParams | SecondStageParams,
    table: str,
    objects: Sequence[Any],
) -> Response:
    if request.url.path.endswith(".csv"):
        name = (*params.rates, "study", table)
        return table_response(request, table, objects, name, params.flavour)
    rows = table_json(table, objects)
    return page_response(request, rows, params.limit, params.offset, table=table)


# ---- periods, regimes and counterfactuals


class SplitCsvParams(StudyParams, CsvParams):
    """A study in each period, as a file."""

    split: str = Field(
        "regimes",
        max_length=200,
        description="`regimes` of the volatility, `method-breaks`, or days at which a period"
        " begins, as 2022-02-24,2024-06-13.",
    )


@router.get("/split.csv", responses=describe_csv("split"), response_class=Response)
@router.get("/split.xlsx", responses=describe_workbook("split"), response_class=Response)
async def split_file(
    request: Request,
    context: Context,
    reader: RequestReader,
    params: Annotated[SplitCsvParams, Query()],
) -> Response:
    """The declared test of each group in each period, corrected over all, as CSV or a workbook."""

    def respond() -> Response:
        rows = _split_rows(context, params)
        name = (*params.rates, "split")
        return table_response(request, "split", rows, name, params.flavour)

    return await _respond_in_turn(context, reader, respond)


@router.get("/split.json", responses=describe_page("split"), response_class=Response)
async def split_page(
    request: Request,
    context: Context,
    reader: RequestReader,
    params: Annotated[SplitPageParams, Query()],
) -> Response:
    """The declared test of each group in each period, a page of the rows."""

    def respond() -> Response:
        rows = table_json("split", _split_rows(context, params))
        return page_response(request, rows, params.limit, params.offset)

    return await _respond_in_turn(context, reader, respond)


def _split_rows(
    context: AppContext, params: SplitCsvParams | SplitPageParams
) -> tuple[SplitRow, ...]:
    known = known_events(context)
    series = get_series_list(context, params.rates)
    return split_study(
        series,
        group_events(params.find(known), params.by),
        read_split(params.split, series[0], known),
        params.request(common_bar_minutes(series)),
        known=known,
        factors=get_series_list(context, params.factor),
    )


class RegimesParams(QueryParams):
    """Which breaks of which series."""

    series: str = Field(DEFAULT_SERIES, max_length=120, description="The id of a series.")
    kind: BreakKind = Field("volatility", description="What breaks.")
    factor: str | None = Field(
        None, max_length=120, description="The id of the other series of a relation."
    )
    trim: Literal["5", "10", "15"] = Field(
        "5", description="The least share of the moves that a regime has, in per cent."
    )


class RegimesCsvParams(RegimesParams, CsvParams):
    """The regimes as a file."""

    table: Literal["regimes", "break_counts"] = "regimes"


@router.get("/regimes.csv", responses=describe_csv("regimes"), response_class=Response)
@router.get("/regimes.xlsx", responses=describe_workbook("regimes"), response_class=Response)
async def regimes_file(
    request: Request,
    context: Context,
    reader: RequestReader,
    params: Annotated[RegimesCsvParams, Query()],
) -> Response:
    """The periods between the breaks of a series as CSV, or a workbook."""

    def respond() -> Response:
        answer = _regimes_answer(context, params)
        name = (params.series, params.table, params.kind)
        return table_response(request, params.table, [answer], name, params.flavour)

    return await _respond_in_turn(context, reader, respond)


@router.get(
    "/regimes.json",
    responses=describe_json(
        {
            "type": "object",
            "properties": {
                "summary": {"type": "object"},
                **{
                    name: {"type": "array", "items": table_json_schema(name)}
                    for name in ("regimes", "break_counts")
                },
            },
        },
        "The regimes, as `rates regimes --json` prints them",
    ),
    response_class=Response,
)
async def regimes(
    request: Request,
    context: Context,
    reader: RequestReader,
    params: Annotated[RegimesParams, Query()],
) -> Response:
    """The periods between the breaks of a series, and the tests that they rest on."""
    return await _respond_in_turn(
        context,
        reader,
        lambda: json_response(request, regimes_json(_regimes_answer(context, params))),
    )


def _regimes_answer(context: AppContext, params: RegimesParams) -> RegimeAnswer:
    factor = get_series(context.rates, params.factor) if params.factor else None
    return find_regimes(
        get_series(context.rates, params.series),
        known_events(context),
        RegimeRequest(params.kind, int(params.trim)),
        factor,
    )


class CounterfactualParams(QueryParams):
    """The date or the event, the series, and what may explain it."""

    day: DayText | None = Field(None, alias="date", description="The day, as 2022-02-24.")
    event: str | None = Field(None, max_length=200, description="The id of an event instead.")
    rates: str = Field(DEFAULT_SERIES, max_length=120, description="The id of a series.")
    donor: list[str] = Field(
        [], max_length=MAX_REPEATS, description="Ids of series to explain it with; else the usual."
    )
    fit: int = Field(250, ge=60, le=1000, description="Daily changes that weights are fitted on.")
    gap: int = Field(10, ge=0, le=250, description="Days between the fit and the date.")


class CounterfactualCsvParams(CounterfactualParams, CsvParams):
    """A table of a counterfactual as a file."""

    table: Literal["counterfactual", "counterfactual_donors", "counterfactual_path"] = (
        "counterfactual"
    )


@router.get(
    "/counterfactual.csv", responses=describe_csv("counterfactual"), response_class=Response
)
@router.get(
    "/counterfactual.xlsx", responses=describe_workbook("counterfactual"), response_class=Response
)
async def counterfactual_file(
    request: Request,
    context: Context,
    reader: RequestReader,
    params: Annotated[CounterfactualCsvParams, Query()],
) -> Response:
    """A table of the synthetic series of a date as CSV, or a workbook."""

    def respond() -> Response:
        answer = _counterfactual_answer(context, params)
        name = (params.rates, params.table, answer.requested)
        return table_response(request, params.table, [answer], name, params.flavour)

    return await _respond_in_turn(context, reader, respond)


@router.get(
    "/counterfactual.json",
    responses=describe_json(
        {
            "type": "object",
            "properties": {
                "summary": {"type": "object"},
                "left_out": {"type": "array"},
                **{
                    name: {"type": "array", "items": table_json_schema(name)}
                    for name in ("counterfactual", "counterfactual_donors")
                },
            },
        },
        "The counterfactual, as `counterfactual --json` prints it",
    ),
    response_class=Response,
)
async def counterfactual(
    request: Request,
    context: Context,
    reader: RequestReader,
    params: Annotated[CounterfactualParams, Query()],
) -> Response:
    """What a currency would have done after a date, had it moved as others did."""

    def respond() -> Response:
        answer = _counterfactual_answer(context, params)
        return json_response(request, counterfactual_json(answer))

    return await _respond_in_turn(context, reader, respond)


def _counterfactual_answer(context: AppContext, params: CounterfactualParams) -> Counterfactual:
    if (params.day is None) == (params.event is None):
        raise InputError(_("give a date or an event, one of the two"), field="date")
    when: date | Event | None = params.day
    if when is None:
        when = next((e for e in known_events(context) if e.id == params.event), None)
        if when is None:
            raise Problem(404, _("no event has the id {id}", id=params.event))
    donors = params.donor or default_donors(list_cards(context.rates))
    return build_counterfactual(
        get_series(context.rates, params.rates),
        when,
        get_series_list(context, list(donors)),
        load_dollar_rates(context.rates),
        SyntheticRequest(length=params.fit, gap=params.gap),
    )


# ---- turns


async def _respond_in_turn(
    context: AppContext, reader: Reader, respond: Callable[[], Response]
) -> Response:
    """The response of a study when it is its turn; it waits on threads of its own."""

    def respond_in_turn() -> Response:
        context.limits.take(reader.person, "study")
        return context.heavy_reads.run(respond)

    return await to_thread.run_sync(respond_in_turn, limiter=_STUDY_THREADS)


def _study_answer(context: AppContext, params: StudyParams) -> StudyAnswer:
    known = known_events(context)
    series = get_series_list(context, params.rates)
    events = params.find(known)
    return run_study(
        series,
        first_events(events) if params.by_story else events,
        params.request(common_bar_minutes(series)),
        known=known,
        factors=get_series_list(context, params.factor),
        compute=context.compute,
    )


def _read_length(field: str, text: str, bar_minutes: int) -> int:
    rows = read_length(field, text, bar_minutes)
    if rows > MAX_OBSERVATIONS:
        msg = _(
            "is more than {most:,} observations; shorten it",
            most=MAX_OBSERVATIONS,
        )
        raise InputError(msg, field=field, value=text)
    return rows


# ---- drivers


class DriverParams(PeriodParams):
    """The options of the command `drivers`."""

    rates: str = Field(DEFAULT_SERIES, max_length=80, description="The id of the rate.")
    driver: str = Field(max_length=80, description="The id of the driver.")
    change: DriverMeasure | None = Field(
        None, description="What enters of the driver; by default what its card says."
    )
    lags: int = Field(5, ge=1, le=MAX_LAGS, description="Cross-correlation from minus to plus.")
    window: int = Field(
        120, ge=MIN_WINDOW, le=MAX_OBSERVATIONS, description="Rates in a rolling window."
    )
    split: list[DayText] = Field(
        [], max_length=MAX_SPLITS, description="Days at which the sample is split too."
    )
    breaks: bool = Field(True, description="Whether it is split at the method breaks.")
    seed: int = Field(1, ge=0, le=2**31)

    def request(self) -> DriverRequest:
        """The request.

        Raises:
            InputError: the period ends before it starts.
        """
        return DriverRequest(
            measure=self.change or "",
            lags=self.lags,
            window=self.window,
            splits=tuple(self.split),
            at_breaks=self.breaks,
            since=self.since,
            until=self.until,
            seed=self.seed,
        )


class DriverCsvParams(DriverParams, CsvParams):
    """One table of a driver as a file."""

    table: DriverTableName = "driver_response"


class DriverPageParams(DriverParams, PageParams):
    """A driver against a rate, or a page of one of its tables."""

    table: DriverTableName | None = Field(None, description="Only this table, in pages.")


@router.get("/drivers.csv", responses=_describe_table("text/csv"), response_class=Response)
@router.get(
    "/drivers.xlsx", responses=_describe_table(WORKBOOK_MEDIA_TYPE), response_class=Response
)
async def driver_file(
    request: Request,
    context: Context,
    reader: RequestReader,
    params: Annotated[DriverCsvParams, Query()],
) -> Response:
    """One table of a driver against a rate as CSV, or a workbook."""

    def respond() -> Response:
        answer = _driver_answer(context, params)
        name = (params.rates, params.driver, params.table)
        return table_response(request, params.table, [answer], name, params.flavour)

    return await _respond_in_turn(context, reader, respond)


@router.get(
    "/drivers.json",
    responses=describe_json({"type": "object"}, "The answer, as `drivers --json` prints it"),
    response_class=Response,
)
async def driver(
    request: Request,
    context: Context,
    reader: RequestReader,
    params: Annotated[DriverPageParams, Query()],
) -> Response:
    """What a rate did after changes of a driver; or one table in pages."""

    def respond() -> Response:
        answer = _driver_answer(context, params)
        if params.table is None:
            return json_response(request, driver_json(answer))
        rows = table_json(params.table, [answer])
        return page_response(request, rows, params.limit, params.offset, table=params.table)

    return await _respond_in_turn(context, reader, respond)


def _driver_answer(context: AppContext, params: DriverParams) -> DriverAnswer:
    (series,) = get_series_list(context, [params.rates])
    (other,) = get_series_list(context, [params.driver])
    return run_driver(series, other, params.request())
