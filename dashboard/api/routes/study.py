"""Routes of studies and drivers: their tables, with the parameters of the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Literal

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from dashboard.api.dependencies import Context, RequestReader, get_series_list, known_events
from dashboard.api.params import (
    MAX_REPEATS,
    CsvParams,
    DayText,
    EventsParams,
    LengthText,
    PageParams,
    PeriodParams,
    WindowText,
)
from dashboard.api.responses import (
    WORKBOOK_MEDIA_TYPE,
    OpenApiResponses,
    describe_json,
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
from dashboard.services.drivers import DriverTableName, driver_json, run_driver
from dashboard.services.episodes import first_events
from dashboard.services.exports import StudyTableName, study_objects
from dashboard.services.method import model_ids
from dashboard.services.rate_limit import HEAVY_AT_ONCE, MAX_WAITING
from dashboard.services.rates import DEFAULT_SERIES
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
