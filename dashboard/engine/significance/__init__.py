"""The shelf of tests: one file a test, one line here; the order is that of the tables."""

from __future__ import annotations

from typing import Final

from dashboard.engine.significance.adjusted_patell import AdjustedPatell
from dashboard.engine.significance.base import SignificanceTest
from dashboard.engine.significance.bhar_t import BharT
from dashboard.engine.significance.bmp import Bmp
from dashboard.engine.significance.brown_warner_1985 import BrownWarner1985
from dashboard.engine.significance.calendar_shift import CalendarShift
from dashboard.engine.significance.cluster_rank import ClusterRank
from dashboard.engine.significance.cluster_t import ClusterT
from dashboard.engine.significance.corrado_rank import CorradoRank
from dashboard.engine.significance.cross_section_t import CrossSectionT
from dashboard.engine.significance.direction import Direction
from dashboard.engine.significance.generalized_sign import GeneralizedSign
from dashboard.engine.significance.grank_t import GrankT
from dashboard.engine.significance.grank_z import GrankZ
from dashboard.engine.significance.kolari_pynnonen import KolariPynnonen
from dashboard.engine.significance.overlap_patell import OverlapPatell
from dashboard.engine.significance.overlap_t import OverlapT
from dashboard.engine.significance.patell import Patell
from dashboard.engine.significance.patell_original import PatellOriginal
from dashboard.engine.significance.sign import Sign
from dashboard.engine.significance.sign_flip import SignFlip
from dashboard.engine.significance.skewness_adjusted_t import SkewnessAdjustedT
from dashboard.engine.significance.time_series_t import TimeSeriesT
from dashboard.engine.significance.volatility import Volatility
from dashboard.engine.significance.wilcoxon import Wilcoxon

SIGNIFICANCE_TESTS: Final[tuple[SignificanceTest, ...]] = (
    ClusterRank(),
    CrossSectionT(),
    TimeSeriesT(),
    BrownWarner1985(),
    Patell(),
    PatellOriginal(),
    Bmp(),
    KolariPynnonen(),
    AdjustedPatell(),
    OverlapT(),
    OverlapPatell(),
    CorradoRank(),
    Sign(),
    GeneralizedSign(),
    Wilcoxon(),
    GrankT(),
    GrankZ(),
    SkewnessAdjustedT(),
    SignFlip(),
    CalendarShift(),
    ClusterT(),
    BharT(),
    Volatility(),
    Direction(),
)
