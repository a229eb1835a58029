"""A scene of Compare made by hand, without a page: its groups, its comparison, its scale."""

from dashboard.domain.comparison import Group
from dashboard.domain.study import StudyRequest
from dashboard.services.compare_groups import compare_groups
from dashboard.services.find_events import EventFilter
from dashboard.ui.compare_link import AskedGroup
from dashboard.ui.compare_scale import Scale
from dashboard.ui.compare_scene import CompareScene
from dashboard.ui.quoting import Quote, Quoting

REQUEST = StudyRequest(
    window=(-2, 2), cars=((0, 0),), model="none", estimation=40, min_estimation=30, gap=2
)


def made_scene(series, known, *filters, request=REQUEST, quote=Quote.WEAKER):
    """The scene of the groups that the filters ask for, among known events."""
    asked = tuple(AskedGroup(each) for each in filters or (EventFilter(),))
    listed = tuple(each.events(known) for each in asked)
    groups = [Group(each.name, events) for each, events in zip(asked, listed, strict=True)]
    return CompareScene(
        link=None,
        card=series.card,
        scale=Scale(Quoting(series.card, quote)),
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
