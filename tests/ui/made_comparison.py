"""A scene of Compare made by hand, without a page: its groups, its comparison, its scale."""

from dashboard.models.analyses import Group
from dashboard.models.study import StudyRequest
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode
from dashboard.services.compare import compare_groups
from dashboard.services.events import EventFilter
from dashboard.ui.pages.compare.state import CompareState, GroupQuery

REQUEST = StudyRequest(
    window=(-2, 2), cars=((0, 0),), model="none", estimation=40, min_estimation=30, gap=2
)


def made_scene(series, known, *filters, request=REQUEST, quote=QuoteMode.WEAKER):
    """The scene of the groups that the filters ask for, among known events."""
    asked = tuple(GroupQuery(each) for each in filters or (EventFilter(),))
    listed = tuple(each.events(known) for each in asked)
    groups = [Group(each.name, events) for each, events in zip(asked, listed, strict=True)]
    return CompareState(
        link=None,
        card=series.card,
        scale=MoveScale(QuotedSeries(series.card, quote)),
        asked=asked,
        listed=listed,
        request=request,
        answer=compare_groups(series, groups, known, request),
        refusal="",
        notices=(),
        dark=True,
        phone=True,
        known=tuple(known),
    )
