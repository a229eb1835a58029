"""A driver against a rate: one answer for the page, the command line, the API and files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from dashboard import __version__
from dashboard.eventstudy.drivers import analyse_driver
from dashboard.export.bundles import Manifest, write_bundle
from dashboard.export.schemas import DRIVER_TABLES
from dashboard.models.drivers import DriverAnswer, DriverRequest
from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.services.exports import Provenance, table_files
from dashboard.services.serializers import table_json

DriverTableName: TypeAlias = Literal[
    "driver_values", "driver_lags", "driver_response", "driver_rolling", "driver_samples",
    "driver_tests",
]  # fmt: skip
MAX_RATES: Final = 100_000
"""More rates would take minutes."""
LONG_TABLES: Final = frozenset({"driver_values", "driver_rolling"})
"""The tables with a row a rate; they are left out of the JSON of everything."""


def run_driver(series: RateSeries, driver: RateSeries, request: DriverRequest) -> DriverAnswer:
    """Set a driver against a rate.

    Raises:
        InputError: the rate is no price, too long, or has too few numbers of the driver.
    """
    if len(series) > MAX_RATES:
        msg = _(
            "{series} has {count:,} rates, at most {most:,} are taken; give a shorter period",
            series=series.card.id,
            count=len(series),
            most=MAX_RATES,
        )
        raise InputError(msg)
    return analyse_driver(series, driver, request)


def possible_drivers(card: SeriesCard, cards: Sequence[SeriesCard]) -> tuple[SeriesCard, ...]:
    """The series that can be set against a rate: all but itself."""
    return tuple(other for other in cards if other.id != card.id)


def driver_json(answer: DriverAnswer) -> dict[str, Any]:
    """The answer as JSON values: how it was computed, and its tables but the long ones."""
    matched = answer.matched
    return {
        "series": matched.series.card.id,
        "driver": matched.driver.id,
        "change": matched.measure,
        "n": len(matched),
        "unmatched": matched.unmatched,
        "undefined": matched.undefined,
        "gaps": len(matched.gaps),
        "near_bounds": matched.near_bounds,
        "filter_orders": list(answer.filter_orders),
    } | {
        table.name.removeprefix("driver_"): table_json(table.name, [answer])
        for table in DRIVER_TABLES
        if table.name not in LONG_TABLES
    }


def write_driver(folder: Path, answer: DriverAnswer, provenance: Provenance) -> tuple[Path, ...]:
    """Write the files of `drivers --out`: every table, and a manifest.

    Raises:
        InputError: the folder cannot be used.
    """
    request = answer.request
    manifest = Manifest(
        parameters={
            "series": [answer.matched.series.card.id],
            "driver": answer.matched.driver.id,
            "change": answer.matched.measure,
            "lags": request.lags,
            "rolling_window": request.window,
            "split": [day.isoformat() for day in request.splits],
            "split_at_method_breaks": request.at_breaks,
            "since": request.since and request.since.isoformat(),
            "until": request.until and request.until.isoformat(),
            "seed": request.seed,
            **provenance.parameters,
        },
        software_version=__version__,
        data_files=provenance.data_files,
        created_at=provenance.created_at,
    )
    tables = {table.name: [answer] for table in DRIVER_TABLES}
    return write_bundle(
        folder, table_files(tables, provenance.dialect), manifest, is_private=provenance.is_private
    )
