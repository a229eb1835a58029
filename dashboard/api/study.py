"""Studies over the network: the tables of an event study, asked as the command line asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from dashboard.api.answers import csv_answer, json_answer, page_answer
from dashboard.api.asked import FEW, Events, ForFile, LengthText, Paged, WindowText
from dashboard.api.house import House, known_events, series_of
from dashboard.api.schemas import json_of
from dashboard.assembly import Parts
from dashboard.domain.errors import InputError
from dashboard.domain.spans import read_length, read_window, read_windows
from dashboard.domain.study import (
    Grouping,
    Overlap,
    Pool,
    Returns,
    StudyAnswer,
    StudyRequest,
)
from dashboard.services.answer_json import (
    JSON_TABLES,
    json_key,
    study_json,
    study_rows_json,
    table_schema,
)
from dashboard.services.check_bars import common_bar
from dashboard.services.describe_method import model_ids
from dashboard.services.export_tables import StudyTable, download_name, study_csv
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.services.run_study import run_study

router = APIRouter(tags=["study"])

LONGEST = 2_500


class Study(Events):
    """The options of the command `study`, and which events go in."""

    rates: list[str] = Field([DEFAULT_SERIES], max_length=FEW, description="Ids of series.")
    returns: Returns = "log"
    model: str = Field("mean", max_length=40, description=f"One of {', '.join(model_ids())}.")
    factor: list[str] = Field(
        [], max_length=FEW, description="Ids of series that explain the normal return."
    )
    window: WindowText = Field(
        "-5:10", description="The event window, first:last offset; on bars also -2h:6h."
    )
    car: list[WindowText] = Field(["0:1"], max_length=FEW, description="CAR windows.")
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
    seed: int = Field(1, ge=0, le=2**31)

    def request(self, bar_minutes: int) -> StudyRequest:
        """The request of the engine, for series with bars of so many minutes (0: days).

        Raises:
            InputError: the windows do not fit one another, or the bars.
        """
        return StudyRequest(
            returns=self.returns,
            model=self.model,
            window=read_window("window", self.window, bar_minutes),
            cars=read_windows("car", self.car, bar_minutes),
            estimation=_length("estimation", self.estimation, bar_minutes),
            gap=_length("gap", self.gap, bar_minutes),
            min_estimation=_length("min_estimation", self.min_estimation, bar_minutes),
            overlap=self.overlap,
            pool=self.pool,
            by=self.by,
            seed=self.seed,
        )


class StudyFile(Study, ForFile):
    """One table of a study as a file."""

    table: StudyTable = "events"


class StudyPage(Study, Paged):
    """The study, or a page of one of its tables."""

    table: StudyTable | None = Field(None, description="Only this table, in pages.")


@router.get(
    "/study.csv",
    responses={
        200: {
            "description": "One table of the study; `events` where none is named.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
    response_class=Response,
)
def study_file(request: Request, house: House, asked: Annotated[StudyFile, Query()]) -> Response:
    """One table of a study as CSV."""
    file = study_csv(_answer(house, asked), asked.table, asked.flavour)
    name = download_name(*asked.rates, "study", asked.table, flavour=asked.flavour)
    return csv_answer(request, file, name)


@router.get(
    "/study.json",
    responses=json_of(
        {
            "type": "object",
            "properties": {
                json_key(name): {"type": "array", "items": table_schema(name)}
                for name in JSON_TABLES
            },
        },
        "The study, as `study --json` prints it",
    ),
    response_class=Response,
)
def study(request: Request, house: House, asked: Annotated[StudyPage, Query()]) -> Response:
    """Every table of a study but `paths`; or one table in pages."""
    answer = _answer(house, asked)
    if asked.table is None:
        return json_answer(request, study_json(answer))
    rows = study_rows_json(answer, asked.table)
    return page_answer(request, rows, asked.limit, asked.offset, table=asked.table)


def _answer(house: Parts, asked: Study) -> StudyAnswer:
    known = known_events(house)
    series = series_of(house, asked.rates)
    return run_study(
        series,
        asked.find(known),
        asked.request(common_bar(series)),
        known=known,
        factors=series_of(house, asked.factor),
        compute=house.compute,
    )


def _length(name: str, text: str, bar_minutes: int) -> int:
    rows = read_length(name, text, bar_minutes)
    if rows > LONGEST:
        msg = f"{name} {text}: is more than {LONGEST:,} observations; shorten it"
        raise InputError(msg)
    return rows
