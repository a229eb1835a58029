"""Registry of normal-return models: one module a model, one line here."""

from __future__ import annotations

from typing import Final

from dashboard.eventstudy.normal.base import NormalModel
from dashboard.eventstudy.normal.garch import Garch
from dashboard.eventstudy.normal.market import MarketModel
from dashboard.eventstudy.normal.market_adjusted import MarketAdjusted
from dashboard.eventstudy.normal.mean import ConstantMean
from dashboard.eventstudy.normal.none import NoChange
from dashboard.eventstudy.normal.scholes_williams import ScholesWilliams

NORMAL_MODELS: Final[tuple[NormalModel, ...]] = (
    NoChange(),
    ConstantMean(),
    MarketAdjusted(),
    MarketModel(),
    ScholesWilliams(),
    Garch(),
)
