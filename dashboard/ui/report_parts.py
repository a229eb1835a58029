"""What every report has: when it was made, the ways back, its sources and their day, privacy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from dashboard import __version__
from dashboard.domain.date_rules import RULES
from dashboard.domain.event import MOSCOW, Category, Event
from dashboard.domain.report import ReportLink, ReportSource, ReportTable
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.ui.text import link_or_none
from dashboard.ui.wording import count, day, stamp

SOFTWARE: Final = f"Rouble Reaction {__version__}"
NO_PROOF: Final = "A move near an event is no proof of its cause."
PRIVATE: Final = "A private note"
"""What stands for the words of a private note that is only beside what a report is about."""
TITLE_LIMIT: Final = 500


@dataclass(frozen=True, slots=True)
class MadeFor:
    """When a report is made and where its page is: `live` follows the data, `frozen` does not.

    `as_of` is the moment at which the page itself was frozen; None where it was live.
    """

    made_at: datetime
    live: str
    frozen: str = ""
    as_of: datetime | None = None

    @property
    def known_on(self) -> datetime:
        """The moment as which the numbers were known."""
        return self.as_of or self.made_at

    @property
    def moment(self) -> str:
        """The moment of making, as a report writes it: whole seconds in UTC."""
        return self.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_of_parameter(made: MadeFor) -> tuple[str, str]:
    """As of when the numbers are, and whether the page was frozen there."""
    how = "the page was frozen at this moment" if made.as_of else "live, when this was made"
    return "As of", f"{stamp(made.known_on)} ({how})"


def links_of(made: MadeFor, of: str = "") -> tuple[ReportLink, ...]:
    """The ways back to the page; `of` names what they lead to where there are several."""
    named = f", {of}" if of else ""
    live = ReportLink(f"Live page (follows the data){named}", made.live)
    if not made.frozen:
        return (live,)
    known = stamp(made.known_on)
    return (live, ReportLink(f"Frozen page (as known on {known}){named}", made.frozen))


def rate_source(series: RateSeries) -> ReportSource:
    """Who publishes the rates, what they are, on which terms, and until when they are known."""
    card = series.card
    return ReportSource(
        "Rate",
        card.publisher,
        f"{card.title}: {card.quantity or card.description or card.unit}."
        f" {RULES[card.date_rule].description}",
        f"Terms: {card.licence}",
        as_of_words(series),
        link_or_none(card.source_url) or "",
    )


def factor_source(card: SeriesCard) -> ReportSource:
    """Who publishes a factor of the model."""
    return ReportSource(
        "Factor of the model",
        card.publisher,
        card.title,
        f"Terms: {card.licence}",
        url=link_or_none(card.source_url) or "",
    )


def as_of_words(series: RateSeries) -> str:
    """`as of 1 Sep 2026`: the last market day that is known, and when it was fetched."""
    if not len(series):
        return ""
    last = day(date.fromisoformat(str(series.day[-1])))
    if series.fetched_at is None:
        return f"as of {last}"
    return f"as of {last}, fetched {stamp(series.fetched_at.astimezone(ZoneInfo(MOSCOW)))}"


def for_others(event: Event) -> Event:
    """An event that only stands beside, as a file for others shows it: private words are gone."""
    if not event.is_private:
        return event
    return replace(
        event, title=PRIVATE, category=Category.OTHER, text="", actor="", source_name="",
        source_url="", tags=(), author="",
    )  # fmt: skip


def private_words(events: Iterable[Event]) -> str:
    """That words of private notes are in the file; empty where none is studied."""
    private = sum(event.is_private for event in events)
    if not private:
        return ""
    return (
        f"This holds the words of {count(private, 'private note')} of yours; whoever gets the file"
        " can read them."
    )


def table_of(title: str, columns: dict[str, list[str]]) -> ReportTable:
    """Columns of plain text as a table."""
    return ReportTable(title, tuple(columns), tuple(zip(*columns.values(), strict=True)))
