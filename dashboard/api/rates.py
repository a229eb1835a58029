"""Rates over the network: the observations of one or several series."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from dashboard.api.answers import csv_answer, page_answer
from dashboard.api.asked import RatesFile, RatesPage
from dashboard.api.house import House, series_of
from dashboard.api.schemas import csv_file, page_of
from dashboard.services.answer_json import card_json, rate_rows_json
from dashboard.services.export_tables import download_name, rates_csv

router = APIRouter(tags=["rates"])


@router.get("/rates.csv", responses=csv_file("rates"), response_class=Response)
def rates_file(request: Request, house: House, asked: Annotated[RatesFile, Query()]) -> Response:
    """The observations of a period as CSV."""
    series = series_of(house, asked.series)
    body = rates_csv(series, asked.since, asked.until, asked.flavour)
    name = download_name(
        *(one.card.id for one in series), "rates", asked.since, asked.until, flavour=asked.flavour
    )
    return csv_answer(request, body, name)


@router.get("/rates.json", responses=page_of("rates"), response_class=Response)
def rates_page(request: Request, house: House, asked: Annotated[RatesPage, Query()]) -> Response:
    """The observations of a period, a page of them, with the cards of their series."""
    series = series_of(house, asked.series)
    rows = rate_rows_json(series, asked.since, asked.until)
    cards = [card_json(one.card) for one in series]
    return page_answer(request, rows, asked.limit, asked.offset, series=cards)
