"""Registry of significance tests: one module a test, one line here in the order of the tables."""

from __future__ import annotations

from typing import Final

from dashboard.eventstudy.significance.adjusted_patell import AdjustedPatell
from dashboard.eventstudy.significance.base import SignificanceTest
from dashboard.eventstudy.significance.bhar_t import BharT
from dashboard.eventstudy.significance.bmp import Bmp
from dashboard.eventstudy.significance.brown_warner_1985 import BrownWarner1985
from dashboard.eventstudy.significance.calendar_shift import CalendarShift
from dashboard.eventstudy.significance.cluster_rank import ClusterRank
from dashboard.eventstudy.significance.cluster_t import ClusterT
from dashboard.eventstudy.significance.corrado_rank import CorradoRank
from dashboard.eventstudy.significance.cross_section_t import CrossSectionT
from dashboard.eventstudy.significance.direction import Direction
from dashboard.eventstudy.significance.generalized_sign import GeneralizedSign
from dashboard.eventstudy.significance.grank_t import GrankT
from dashboard.eventstudy.significance.grank_z import GrankZ
from dashboard.eventstudy.significance.kolari_pynnonen import KolariPynnonen
from dashboard.eventstudy.significance.overlap_patell import OverlapPatell
from dashboard.eventstudy.significance.overlap_t import OverlapT
from dashboard.eventstudy.significance.patell import Patell
from dashboard.eventstudy.significance.patell_original import PatellOriginal
from dashboard.eventstudy.significance.sign import Sign
from dashboard.eventstudy.significance.sign_flip import SignFlip
from dashboard.eventstudy.significance.skewness_adjusted_t import SkewnessAdjustedT
from dashboard.eventstudy.significance.time_series_t import TimeSeriesT
from dashboard.eventstudy.significance.volatility import Volatility
from dashboard.eventstudy.significance.wilcoxon import Wilcoxon

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
