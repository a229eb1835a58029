"""The shelf of normal-return models: one file a model, one line here."""

from __future__ import annotations

from typing import Final

from dashboard.engine.normal.base import NormalModel
from dashboard.engine.normal.garch import Garch
from dashboard.engine.normal.market import MarketModel
from dashboard.engine.normal.market_adjusted import MarketAdjusted
from dashboard.engine.normal.mean import ConstantMean
from dashboard.engine.normal.none import NoChange
from dashboard.engine.normal.scholes_williams import ScholesWilliams

NORMAL_MODELS: Final[tuple[NormalModel, ...]] = (
    NoChange(),
    ConstantMean(),
    MarketAdjusted(),
    MarketModel(),
    ScholesWilliams(),
    Garch(),
)
