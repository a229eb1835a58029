"""Sources over the network: events as every source of the dollar measures them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from dashboard.api.answers import csv_answer, page_answer
from dashboard.api.asked import SourceMovesFile, SourceMovesPage
from dashboard.api.house import House, known_events
from dashboard.api.schemas import csv_file, page_of
from dashboard.assembly import Parts
from dashboard.domain.source_move import SourceMove
from dashboard.services.answer_json import source_move_rows_json
from dashboard.services.compare_sources import compare_events
from dashboard.services.export_tables import download_name, source_moves_csv
from dashboard.services.get_rates import daily_series

router = APIRouter(tags=["sources"])


@router.get("/sources.csv", responses=csv_file("source_moves"), response_class=Response)
def sources_file(
    request: Request, house: House, asked: Annotated[SourceMovesFile, Query()]
) -> Response:
    """The same moves of the dollar on every source, event by event, as CSV."""
    name = download_name("sources", asked.since, asked.until, flavour=asked.flavour)
    return csv_answer(request, source_moves_csv(_moves(house, asked), asked.flavour), name)


@router.get("/sources.json", responses=page_of("source_moves"), response_class=Response)
def sources_page(
    request: Request, house: House, asked: Annotated[SourceMovesPage, Query()]
) -> Response:
    """The same moves of the dollar on every source, a page of them."""
    rows = source_move_rows_json(_moves(house, asked))
    return page_answer(request, rows, asked.limit, asked.offset)


def _moves(house: Parts, asked: SourceMovesFile | SourceMovesPage) -> tuple[SourceMove, ...]:
    events = asked.find(known_events(house))
    return compare_events(daily_series(house.rates), events, asked.offsets())
