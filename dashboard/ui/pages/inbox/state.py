"""State of the Inbox page: the items that match a link, and the state of the feeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dashboard.models.errors import RoubleReactionError
from dashboard.models.inbox import Decision, NewsCluster
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.services.inbox import (
    FeedStatus,
    InboxFilter,
    count_inbox,
    list_feed_statuses,
    list_inbox,
)
from dashboard.services.news import SEARCH_PERIODS
from dashboard.ui import session
from dashboard.ui.url_state import (
    UrlParam,
    UrlState,
    choice_param,
    count_param,
    day_param,
    name_param,
    text_param,
)

ITEMS_PER_STEP: Final = 20
ANY_SOURCE: Final = ""
PERIOD_LABELS: Final = {
    "1d": deferred("last day"),
    "3d": deferred("last 3 days"),
    "7d": deferred("last week"),
    "30d": deferred("last month"),
    "90d": deferred("last 3 months"),
}
PARAMS: Final[tuple[UrlParam, ...]] = (
    choice_param("state", tuple(each.value for each in Decision), Decision.NEW.value),
    text_param("q", "rouble"),
    name_param("src", ANY_SOURCE, "tass_en"),
    day_param("from", "2026-11-20"),
    day_param("to", "2026-11-26"),
    count_param("n", 1, 2, 50),
    text_param("find", "rouble sanctions"),
    choice_param("period", tuple(SEARCH_PERIODS), "3d"),
)


@dataclass(frozen=True)
class InboxState:
    """Everything the page is drawn from; `problem` says why there is nothing to draw."""

    clusters: tuple[NewsCluster, ...]
    listed: tuple[NewsCluster, ...]
    counts: dict[Decision, int]
    feeds: tuple[FeedStatus, ...]
    now: datetime
    state: Decision
    phone: bool
    problem: str = ""
    list_problem: str = ""

    @property
    def sources(self) -> dict[str, str]:
        """The choices of the source filter: feeds by id, and the search."""
        named = {feed.publisher.id: feed.publisher.title for feed in self.feeds}
        return {ANY_SOURCE: _("every source"), **named, "gdelt": _("GDELT search")}


def read_inbox_state(view: UrlState) -> InboxState:
    """The state for a link; settings that do not fit one another are ignored."""
    if view["from"] and view["to"] and view["to"] < view["from"]:
        view.ignore("from", "to")
    parts, state = session.get_context(), Decision(view["state"])
    feeds, list_problem = _list_feeds()
    inbox_filter = InboxFilter(state, view["src"], view["q"], view["from"], view["to"])
    clusters: tuple[NewsCluster, ...] = ()
    counts = dict.fromkeys(Decision, 0)
    problem = ""
    try:
        clusters = list_inbox(parts.inbox, inbox_filter)
        counts = count_inbox(parts.inbox)
    except RoubleReactionError as error:
        problem = str(error)
    return InboxState(
        clusters,
        clusters[: ITEMS_PER_STEP * view["n"]],
        counts,
        feeds,
        session.get_wall_time(),
        state,
        session.is_phone(),
        problem,
        list_problem,
    )


def _list_feeds() -> tuple[tuple[FeedStatus, ...], str]:
    """The feeds, and the problem with their list or their state."""
    parts = session.get_context()
    try:
        publishers = parts.feeds.publishers()
    except RoubleReactionError as error:
        return (), str(error)
    try:
        return list_feed_statuses(publishers, parts.inbox.feed_states()), ""
    except RoubleReactionError:
        return list_feed_statuses(publishers, ()), ""  # the list of stories says what is wrong
