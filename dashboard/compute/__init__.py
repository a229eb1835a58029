"""The shelf of places where work runs: one file a place, one line here."""

from __future__ import annotations

from typing import Final

from dashboard.compute.base import Compute
from dashboard.compute.here import Here

COMPUTE_PLACES: Final[tuple[type[Compute], ...]] = (Here,)
