"""The shelf of rate sources: one file a source, one line here."""

from __future__ import annotations

from typing import Final

from dashboard.sources.rates.base import RateSource
from dashboard.sources.rates.csv_file import CsvRates
from dashboard.sources.rates.shipped import ShippedRates

RATE_SOURCES: Final[tuple[type[RateSource], ...]] = (ShippedRates, CsvRates)
