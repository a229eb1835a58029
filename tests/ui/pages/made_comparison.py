"""A state of the Compare page without a page: its groups, its comparison, its scale."""

from dashboard.models.analyses import Group
from dashboard.models.study import StudyRequest
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode
from dashboard.services.compare import compare_groups
from dashboard.services.events import EventFilter, find_events
from dashboard.ui.pages.compare.state import CompareState, name_group

REQUEST = StudyRequest(
    window=(-2, 2), cars=((0, 0),), model="none", estimation=40, min_estimation=30, gap=2
)


def build_compare_state(series, known, *filters, request=REQUEST, quote=QuoteMode.WEAKER):
    """The state for the groups that the filters select among known events."""
    filters = filters or (EventFilter(),)
    listed = tuple(find_events(known, filter_) for filter_ in filters)
    groups = [
        Group(name_group(filter_), events) for filter_, events in zip(filters, listed, strict=True)
    ]
    return CompareState(
        link=None,
        card=series.card,
        scale=MoveScale(QuotedSeries(series.card, quote)),
        filters=filters,
        listed=listed,
        request=request,
        answer=compare_groups(series, groups, known, request),
        refusal="",
        notices=(),
        dark=True,
        phone=True,
        known=tuple(known),
    )
