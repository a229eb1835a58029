"""Rate sources: one file a source, one line here."""

from __future__ import annotations

from typing import Final

from dashboard.sources.rates.base import LiveSource, RateSource
from dashboard.sources.rates.bundled import BundledRates
from dashboard.sources.rates.cbr import Cbr
from dashboard.sources.rates.csv_file import CsvRates
from dashboard.sources.rates.ecb import Ecb
from dashboard.sources.rates.exchange_api import ExchangeApi
from dashboard.sources.rates.fred import Fred
from dashboard.sources.rates.imported import ImportedRates
from dashboard.sources.rates.moex import Moex
from dashboard.sources.rates.yahoo import Yahoo

LIVE_SOURCES: Final[tuple[type[LiveSource], ...]] = (Cbr, Moex, Ecb, Fred, Yahoo, ExchangeApi)
RATE_SOURCES: Final[tuple[type[RateSource], ...]] = (
    BundledRates,
    CsvRates,
    ImportedRates,
    *LIVE_SOURCES,
)
