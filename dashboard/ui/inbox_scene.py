"""What the Inbox shows for one link: the stories that fit, how many there are, how feeds are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dashboard.domain.candidate import Decision, Story
from dashboard.domain.errors import RoubleReactionError
from dashboard.services.list_inbox import (
    FeedReport,
    InboxFilter,
    count_inbox,
    list_inbox,
    report_feeds,
)
from dashboard.services.search_news import PERIODS
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.view import Param, a_count, a_day, a_name, a_text, one_of

STEP: Final = 20
ANY: Final = ""
PERIOD_WORDS: Final = {
    "1d": "last day", "3d": "last 3 days", "7d": "last week", "30d": "last month",
    "90d": "last 3 months",
}  # fmt: skip
PARAMS: Final[tuple[Param, ...]] = (
    one_of("state", tuple(each.value for each in Decision), Decision.NEW.value),
    a_text("q", "rouble"),
    a_name("src", ANY, "tass_en"),
    a_day("from", "2026-11-20"),
    a_day("to", "2026-11-26"),
    a_count("n", 1, 2, 50),
    a_text("find", "rouble sanctions"),
    one_of("period", tuple(PERIODS), "3d"),
)


@dataclass(frozen=True)
class InboxScene:
    """Everything the page is drawn from; `problem` says why there is nothing to draw."""

    stories: tuple[Story, ...]
    listed: tuple[Story, ...]
    counts: dict[Decision, int]
    feeds: tuple[FeedReport, ...]
    now: datetime
    state: Decision
    phone: bool
    problem: str = ""
    list_problem: str = ""

    @property
    def sources(self) -> dict[str, str]:
        """What a reader can ask for: feeds by id, and the search."""
        named = {each.publisher.id: each.publisher.title for each in self.feeds}
        return {ANY: "every source", **named, "gdelt": "GDELT search"}


def read_inbox_scene(view: View) -> InboxScene:
    """The scene of a link; settings that cannot be together are ignored and told."""
    if view["from"] and view["to"] and view["to"] < view["from"]:
        view.ignore("from", "to")
    parts, state = session.parts(), Decision(view["state"])
    feeds, list_problem = _feeds()
    asked = InboxFilter(state, view["src"], view["q"], view["from"], view["to"])
    stories: tuple[Story, ...] = ()
    counts = dict.fromkeys(Decision, 0)
    problem = ""
    try:
        stories = list_inbox(parts.inbox, asked)
        counts = count_inbox(parts.inbox)
    except RoubleReactionError as error:
        problem = str(error)
    return InboxScene(
        stories, stories[: STEP * view["n"]], counts, feeds, session.present(), state,
        session.is_phone(), problem, list_problem,
    )  # fmt: skip


def _feeds() -> tuple[tuple[FeedReport, ...], str]:
    """The feeds, and what is wrong with their list or the record of them."""
    parts = session.parts()
    try:
        publishers = parts.feeds.publishers()
    except RoubleReactionError as error:
        return (), str(error)
    try:
        return report_feeds(publishers, parts.inbox.feed_states()), ""
    except RoubleReactionError:
        return report_feeds(publishers, ()), ""  # the list of stories says what is wrong
