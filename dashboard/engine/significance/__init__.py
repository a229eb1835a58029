"""The shelf of tests: one file a test, one line here; the order is that of the tables."""

from __future__ import annotations

from typing import Final

from dashboard.engine.significance.base import SignificanceTest
from dashboard.engine.significance.cross_section_t import CrossSectionT
from dashboard.engine.significance.sign import Sign

SIGNIFICANCE_TESTS: Final[tuple[SignificanceTest, ...]] = (CrossSectionT(), Sign())
