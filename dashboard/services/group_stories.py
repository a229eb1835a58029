"""Group stories: which new report tells of an event that another one told of already."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from dashboard.domain.candidate import Candidate, Decision, Report, Story
from dashboard.services.same_event import bare_link, bare_title
from dashboard.services.story_words import ALIKE, Headline

_SLASHES = re.compile(r"/{2,}")
SAME_PAGE = 0.5


def candidate_of(report: Report, kind: str, source_id: str, at: datetime) -> Candidate:
    """A report as a candidate of its own; the same report gives the same id each time.

    Args:
        report: as the source gave it.
        kind: the id of the source.
        source_id: the feed, or the words of the search.
        at: when it was fetched, UTC.
    """
    # A search finds the same article with other words; a feed may use one guid for everything.
    of = "" if kind == "gdelt" else source_id
    told = "\0".join((kind, of, report.guid or report.link, bare_title(report.title)))
    name = f"report-{hashlib.sha256(told.encode()).hexdigest()[:20]}"
    return Candidate(name, kind, source_id[:300], report, name, at, at)


def page_of(link: str) -> str:
    """A link as one page, whatever scheme, doubled slashes or counts of visits; no home page."""
    page = _SLASHES.sub("/", bare_link(link))
    return page if "/" in page or "?" in page else ""


def grouped(new: Iterable[Candidate], known: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """New candidates with the story that each belongs to, and what was decided about that.

    A report joins the story with the likest headline of the day before, the same or the next
    day, or of the same page; else it begins one. What people dismissed or accepted counts for
    further reports of it too. The order of the new ones does not matter.
    """
    shelf = _Shelf()
    for each in sorted(known, key=lambda one: one.id):
        shelf.add(each)
    joined = []
    for each in sorted(new, key=lambda one: (one.sort_moment, one.id)):
        if each.id not in shelf.ids:
            found = shelf.joined(each)
            shelf.add(found)
            joined.append(found)
        else:
            joined.append(each)
    return tuple(joined)


def stories_of(candidates: Iterable[Candidate]) -> tuple[Story, ...]:
    """Candidates by story, the newest story first."""
    by_cluster: dict[str, list[Candidate]] = {}
    for each in sorted(candidates, key=lambda one: (one.sort_moment, one.id)):
        by_cluster.setdefault(each.cluster, []).append(each)
    stories = (Story(_lead(reports), tuple(reports)) for reports in by_cluster.values())
    return tuple(sorted(stories, key=lambda one: (one.lead.sort_moment, one.lead.id), reverse=True))


def _lead(reports: Sequence[Candidate]) -> Candidate:
    """The report with the most exact date, the earliest of them."""
    return min(
        reports,
        key=lambda one: (not one.is_exact, one.report.day is None, one.sort_moment, one.id),
    )


@dataclass
class _Shelf:
    """The candidates so far by day, with their headlines taken apart."""

    ids: set[str] = field(default_factory=set)
    by_day: dict[date, list[tuple[Candidate, Headline]]] = field(default_factory=dict)
    by_cluster: dict[str, list[Candidate]] = field(default_factory=dict)

    def add(self, candidate: Candidate) -> None:
        headline = Headline.of(candidate.report.title, candidate.report.publisher)
        self.ids.add(candidate.id)
        self.by_day.setdefault(_day(candidate), []).append((candidate, headline))
        self.by_cluster.setdefault(candidate.cluster, []).append(candidate)

    def joined(self, candidate: Candidate) -> Candidate:
        best = max(self._scores(candidate), default=None)
        if best is None:
            return candidate
        return self._as_decided(replace(candidate, cluster=best[1]))

    def _scores(self, candidate: Candidate) -> Iterator[tuple[float, str]]:
        mine = Headline.of(candidate.report.title, candidate.report.publisher)
        page = page_of(candidate.report.link)
        for days in (-1, 0, 1):
            day = _day(candidate) + timedelta(days=days)
            for other, theirs in self.by_day.get(day, ()):
                score = mine.likeness(theirs)
                is_page = bool(page) and page == page_of(other.report.link)
                if is_page and mine.overlap(theirs) >= SAME_PAGE:
                    score = max(score, ALIKE)
                if score >= ALIKE:
                    yield score, other.cluster

    def _as_decided(self, candidate: Candidate) -> Candidate:
        """A further report of a story that people decided about is decided with it."""
        others = self.by_cluster[candidate.cluster]
        accepted = next((one for one in others if one.state is Decision.ACCEPTED), None)
        all_dismissed = all(one.state is Decision.DISMISSED for one in others)
        like = accepted or (others[0] if all_dismissed else None)
        if like is None:
            return candidate
        return replace(
            candidate, state=like.state, note_id=like.note_id, decided_at=like.decided_at,
            decided_by=like.decided_by,
        )  # fmt: skip


def _day(candidate: Candidate) -> date:
    return candidate.report.day or candidate.first_seen.date()
