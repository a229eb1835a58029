"""The bundled rates and other series, from data/rates."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.models.errors import InputError, SourceError
from dashboard.models.messages import translate as _
from dashboard.models.publication import BANK_OF_RUSSIA, BANK_OF_RUSSIA_BREAKS, PUBLICATION_RULES
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.sources.datapackage import DATA_FOLDER, DataResource, read_resources
from dashboard.sources.rates.base import make_read_only


class BundledRates:
    """Series of the descriptor; each file is read once, when it is first needed."""

    id = "bundled"

    def __init__(self, folder: Path = DATA_FOLDER) -> None:
        self._folder = folder
        self._series: dict[str, RateSeries] = {}

    @cached_property
    def _resources(self) -> dict[str, DataResource]:
        return {resource.name: resource for resource in read_resources("rates", self._folder)}

    def cards(self) -> tuple[SeriesCard, ...]:
        """The bundled series; the default one comes first."""
        return tuple(build_card(resource.entry) for resource in self._resources.values())

    def get(self, series_id: str) -> RateSeries:
        """One bundled series; its arrays are shared and read-only.

        Raises:
            InputError: no such series is bundled; the message names those that are.
            SourceError: the file is missing or damaged.
        """
        if series_id not in self._resources:
            msg = _(
                "series {series_id!r}: is not shipped; choose {resources}",
                series_id=series_id,
                resources=", ".join(self._resources),
            )
            raise InputError(msg)
        if series_id not in self._series:
            self._series[series_id] = read_series(self._resources[series_id])
        return self._series[series_id]

    def files(self) -> dict[str, str]:
        """The sha256 of each bundled file by series id, for the manifest of an export."""
        return {name: resource.sha256 for name, resource in self._resources.items()}


def build_card(entry: dict[str, Any]) -> SeriesCard:
    """The card of a series from its entry in the descriptor."""
    return SeriesCard(
        id=entry["name"],
        title=entry["title"],
        unit=entry["unit"],
        inverse_unit=entry["inverseUnit"],
        publisher=entry["publisher"],
        source_url=entry["sources"][0]["path"],
        licence=entry["licenses"][0]["title"],
        date_rule=entry["dateRule"],
        description=entry["description"],
        move_sign=entry["moveSign"],
        decimals=entry["decimals"],
        inverse_decimals=entry["inverseDecimals"],
        change=entry.get("change", "ratio"),
        quantity=entry.get("quantity", ""),
        limits=entry.get("limits", ""),
        breaks=BANK_OF_RUSSIA_BREAKS if entry["dateRule"] == BANK_OF_RUSSIA.id else (),
    )


def read_series(resource: DataResource) -> RateSeries:
    """Read a rate file, with the times of its date rule.

    Raises:
        SourceError: the file is missing or damaged.
    """
    rows = resource.rows()
    try:
        record = np.array([row[0] for row in rows], dtype="datetime64[D]")
        rate = np.array([row[1] for row in rows], dtype=np.float64)
        day, opens, known_at = PUBLICATION_RULES[resource.entry["dateRule"]].timestamps(record)
        card = build_card(resource.entry)
        return make_read_only(RateSeries(card, record, day, opens, known_at, rate))
    except ValueError as error:
        msg = _(
            "data/{entry}: is damaged ({error}); fetch the program again",
            entry=resource.entry["path"],
            error=error,
        )
        raise SourceError(msg) from error
