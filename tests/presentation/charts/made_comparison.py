"""A comparison of one or two small groups for figures; the engine measures made series."""

from datetime import date

import numpy as np

from dashboard.eventstudy.comparison import compare_groups
from dashboard.models.analyses import Group
from dashboard.models.event import Event
from dashboard.models.study import StudyRequest
from dashboard.presentation.charts.comparison_paths import ComparisonChart, ComparisonGroup
from dashboard.presentation.palette import GROUP_STYLES
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode
from tests.made_series import LONG_AGO, series_of_returns
from tests.presentation.made_view import CARD

REQUEST = StudyRequest(model="none", window=(-1, 1), cars=((0, 1),), estimation=20, gap=0,
                       min_estimation=10)  # fmt: skip
RETURNS = 0.01 * np.sin(np.arange(199))


def an_event(row, title="Somebody said something"):
    day = date.fromisoformat(str(LONG_AGO + row))
    return Event(id=f"row-{row}", day=day, title=title)


def made_chart(
    *rows, up=QuoteMode.WEAKER, returns=RETURNS, title="Somebody said something", **more
):
    """The chart of groups, each given by the rows of its events."""
    groups = [
        Group(f"group {k}", tuple(an_event(row, title) for row in item))
        for k, item in enumerate(rows)
    ]
    known = [event for group in groups for event in group.events]
    answer = compare_groups(series_of_returns(returns), groups, known, REQUEST)
    return ComparisonChart(
        groups=tuple(
            ComparisonGroup(result.name, result, style)
            for result, style in zip(answer.groups, GROUP_STYLES, strict=False)
        ),
        scale=MoveScale(QuotedSeries(CARD, up)),
        heading="Heading",
        subheading="Below",
        window=(0, 1),
        **more,
    )


FEW = (60, 70, 80)
MANY = (40, 50, 60, 70, 80, 90)
