"""Messages about events that come from an article, a feed or an imported file."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.models.article import (
    Article,
    Claim,
    ClaimKind,
    ClaimTruth,
    ClaimVerdict,
    Precision,
    Statement,
)
from dashboard.models.event import MOSCOW
from dashboard.models.inbox import DatedBy, Decision, InboxItem, NewsCluster
from dashboard.models.series import SeriesCard
from dashboard.models.user_files import ImportRecord, ImportUndo
from dashboard.presentation.claims import (
    BASE_LABELS,
    EXACTNESS_LABELS,
    LEVEL_EXACTNESS_LABELS,
    format_verdict,
    is_record_claim,
)
from dashboard.presentation.escaping import plain_text
from dashboard.presentation.formatting import (
    THIN_SPACE,
    format_count,
    format_day,
    format_day_range,
    format_iso_days,
    format_moment,
    format_number,
    format_signed,
    format_timestamp,
)
from dashboard.services.event_import import EventImportPlan, RowStatus, RowVerdict
from dashboard.services.inbox import FeedStatus, moscow_day
from dashboard.services.jobs import NewsRefreshState

PUBLICATION_ORIGINS: Final = {
    "given": "as given",
    "json-ld": "the page's description (JSON-LD)",
    "open-graph": "the page's description (Open Graph)",
    "time": "the page's <time>",
    "htmldate": "a date on the page, the hour is not known",
    "text": "the text itself, the hour is not known",
}
DECISION_LABELS: Final = {
    Decision.NEW: "New",
    Decision.ACCEPTED: "Accepted",
    Decision.DISMISSED: "Dismissed",
}
VERDICT_LABELS: Final[dict[RowStatus, str]] = {
    "new": "✚ New",
    "duplicate": "= Already there",
    "wrong": "✕ Wrong",
}
VERDICT_FILTERS: Final[dict[str, str]] = {"all": "All rows", **dict(VERDICT_LABELS.items())}
"""The filters of the preview table: every row, or those of one verdict."""
FIELD_LABELS: Final = {
    "date": "Date",
    "title": "Title",
    "time": "Time of day",
    "time_utc": "Moment in UTC",
    "zone": "Time zone",
    "end_date": "Last day",
    "text": "Text",
    "category": "Category",
    "expected": "Expected direction",
    "source_url": "Link",
    "tags": "Tags",
    "author": "Author",
}
"""The fields of a note, in the order of the form."""
NO_COLUMN_LABEL: Final = "– not in the file –"


def describe_publication(article: Article) -> str:
    """When an article was published, and how that is known."""
    if article.published is None:
        return "published: not known"
    published = article.published
    time = format_day(published.day)
    if published.moment is not None:
        time = format_moment(published.moment)
    return f"published {time}: {PUBLICATION_ORIGINS.get(published.origin, published.origin)}"


def format_statement_day(statement: Statement) -> str:
    """The day or days of a candidate, as exactly as they are known."""
    if statement.day is None:
        return "open"
    if statement.mention.moment is not None:
        return format_moment(statement.mention.moment)
    return format_day_range(statement.day, statement.end_day)


def describe_precision(statement: Statement) -> str:
    """How exactly the day is known, and what is doubtful about it."""
    precision = {Precision.NONE: "not known"}.get(
        statement.mention.precision, statement.mention.precision
    )
    doubt = f"; {statement.mention.doubt}" if statement.mention.doubt else ""
    return f"“{statement.mention.phrase}”, to the {precision}{doubt}" if statement.day else (
        f"“{statement.mention.phrase}”{doubt}"
    )  # fmt: skip


def format_claim(claim: Claim) -> str:
    """A claim as a phrase: `the rouble 20 % stronger than a year before, against USD`."""
    day = f" on {format_day(claim.day)}" if claim.day else ""
    if claim.kind == ClaimKind.LEVEL:
        exactness = LEVEL_EXACTNESS_LABELS[claim.exactness]
        return (
            f"{exactness}{format_number(claim.value or 0, claim.decimals)} RUB per"
            f" {claim.currency}{day}"
        )
    if is_record_claim(claim):
        since = claim.since.phrase if claim.since else ""
        return f"the rouble's {claim.kind} against {claim.currency} since {since}{day}"
    word = "stronger" if claim.kind == ClaimKind.UP else "weaker"
    value = f"{format_number(claim.value or 0, claim.decimals)}{THIN_SPACE}%"
    since = claim.since.phrase if claim.base == "since" and claim.since else BASE_LABELS[claim.base]
    than = f"{EXACTNESS_LABELS[claim.exactness]}{value} {word} than {since}"
    return f"the rouble {than}, against {claim.currency}{day}"


def format_claim_verdict(claim: Claim, verdict: ClaimVerdict) -> str:
    """The verdict of one series on a claim, with its numbers."""
    word = format_verdict(claim, verdict.truth)
    return f"{word}: {verdict.card.id}: {format_verdict_numbers(claim, verdict)}"


def format_verdict_numbers(claim: Claim, verdict: ClaimVerdict) -> str:
    """The numbers of one series for a claim, or why there are none."""
    card, at = verdict.card, verdict.at
    if verdict.truth == ClaimTruth.UNKNOWN or at is None:
        return format_iso_days(verdict.reason)
    current = f"{_format_rate(at.rate, card)} on {format_day(at.day)}"
    if claim.kind == ClaimKind.LEVEL:
        return current
    if is_record_claim(claim):
        return f"{current}, {_format_record(claim, verdict)}"
    assert verdict.base is not None
    assert verdict.found is not None
    base = f"{BASE_LABELS[verdict.base_name]}, {_format_rate(verdict.base.rate, card)}"
    also = "" if verdict.is_claimed else " (not the base of the claim)"
    sign = 1 if claim.kind == ClaimKind.UP else -1
    towards = "stronger" if sign * verdict.found >= 0 else "weaker"
    share = f"{format_number(abs(verdict.found), 2)}{THIN_SPACE}%"
    return (
        f"{share} {towards} in {verdict.quote}, from {base} on"
        f" {format_day(verdict.base.day)}, to {current}{also}"
    )


def _format_record(claim: Claim, verdict: ClaimVerdict) -> str:
    word = claim.kind
    if verdict.base is None:
        return f"the {word} there is: {format_iso_days(verdict.reason)}"
    base = f"{format_day(verdict.base.day)} ({_format_rate(verdict.base.rate, verdict.card)})"
    claimed = claim.since.phrase if claim.since else ""
    away = "" if verdict.truth == ClaimTruth.TRUE else f", not {claimed}"
    return f"the {word} since {base}{away}"


def _format_rate(rate: float, card: SeriesCard) -> str:
    return format_number(rate, card.decimals)


# ------------------------------------------------------------------ inbox and feeds


def format_reported_time(candidate: InboxItem) -> str:
    """`26 Nov 2026, 16:05 Moscow`, or the day and why there is no hour."""
    report = candidate.report
    if report.day is None:
        return f"time unknown, here since {format_timestamp(candidate.first_seen)}"
    on = format_day(moscow_day(candidate))
    if report.precision is not Precision.MINUTE or report.moment is None:
        return f"{on}, hour unknown"
    at = f"{on}, {report.moment.astimezone(ZoneInfo(MOSCOW)):%H:%M} Moscow"
    before = {DatedBy.SEEN: "first seen ", DatedBy.UPDATED: "changed "}.get(report.dated_by, "")
    return f"{before}{at}"


def format_publishers(cluster: NewsCluster) -> str:
    """`5 reports: TASS, Interfax, …`, or the one who reported it."""
    names = cluster.publishers
    listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    many = len(cluster.reports)
    return listed if many == 1 else f"{format_count(many, 'report')}: {listed}"


def format_tone(cluster: NewsCluster) -> str:
    """The mean tone of the reports of which one is known; empty where none is."""
    known = [item.report.tone for item in cluster.reports if item.report.tone is not None]
    return f"tone {format_signed(sum(known) / len(known), 1)}" if known else ""


def describe_decision(cluster: NewsCluster) -> str:
    """Who decided and when; empty while nobody has."""
    lead = cluster.lead
    if lead.decided_at is None:
        return ""
    by = f" by {lead.decided_by}" if lead.decided_by else ""
    return f"{lead.state.value}{by}, {format_timestamp(lead.decided_at)}"


def describe_feed(feed: FeedStatus, now: datetime) -> str:
    """The state of a feed: last request, items received, problem."""
    state = feed.state
    if not feed.publisher.enabled:
        return "switched off"
    if state is None:
        return "not asked yet"
    attempt = f"asked {format_elapsed(state.tried_at, now)}"
    if state.problem:
        last = (
            f"; last answer {format_elapsed(state.answered_at, now)}" if state.answered_at else ""
        )
        return f"{attempt}: {state.problem}{last}"
    messages = f"; {'; '.join(state.messages)}" if state.messages else ""
    return f"{attempt}: {format_count(state.items, 'item')}, {state.new:,} new{messages}"


def format_elapsed(moment: datetime, now: datetime) -> str:
    """`just now`, `12 minutes ago`, `3 hours ago`, `2 days ago`."""
    past = now - moment
    if past < timedelta(minutes=1):
        return "just now"
    if past < timedelta(hours=1):
        return f"{format_count(int(past / timedelta(minutes=1)), 'minute')} ago"
    if past < timedelta(days=1):
        return f"{format_count(int(past / timedelta(hours=1)), 'hour')} ago"
    return f"{format_count(past.days, 'day')} ago"


def describe_refresh_progress(state: NewsRefreshState) -> str:
    """The progress of a refresh of the feeds; empty where none runs and none failed."""
    if state.is_running:
        of = f"{state.done} of {state.total} feeds" if state.total else "the feeds"
        return f"asking {of} …"
    return f"The feeds could not be asked: {state.problem}" if state.problem else ""


# ------------------------------------------------------------------ imports of event files


def count_verdicts(plan: EventImportPlan) -> dict[str, int]:
    """The number of rows for every choice of `VERDICT_FILTERS`."""
    kinds = [row.verdict for row in plan.rows]
    return {"all": len(kinds), **{kind: kinds.count(kind) for kind in VERDICT_LABELS}}


def describe_row_problem(row: RowVerdict) -> str:
    """The reason for the verdict on a row, without its place in the file."""
    reason = row.reason.removeprefix(row.place).lstrip(",: ")
    return plain_text(reason.removesuffix(" and is left out"))


def format_row_location(row: RowVerdict) -> str:
    """The place of a row, without the name of the file."""
    return plain_text(row.place.rpartition(", ")[2], 60)


def describe_import(record: ImportRecord) -> str:
    """What an import did, for the line that is drawn after it."""
    parts = [f"{format_count(record.added, 'note')} added from {record.file_name}"]
    if record.duplicates:
        parts.append(f"{record.duplicates:,} already there")
    if record.wrong:
        parts.append(f"{record.wrong:,} wrong and left out")
    return ", ".join(parts)


def list_import_facts(record: ImportRecord) -> list[str]:
    """When, by whom and how many, for the list of earlier imports."""
    facts = [format_timestamp(record.at)] if record.at else []
    if record.author:
        facts.append(f"by {record.author}")
    facts += [record.kind, f"{format_count(record.rows, 'row')}", f"{record.added:,} added"]
    if record.duplicates:
        facts.append(f"{record.duplicates:,} already there")
    if record.wrong:
        facts.append(f"{record.wrong:,} wrong")
    if record.undone_at:
        by = f" by {record.undone_by}" if record.undone_by else ""
        facts.append(f"undone {format_timestamp(record.undone_at)}{by}")
    return facts


def describe_undone_import(undo: ImportUndo) -> str:
    """What the undoing of an import did."""
    parts = [f"{format_count(undo.removed, 'note')} of {undo.record.file_name} removed"]
    if undo.already_removed:
        parts.append(f"{undo.already_removed:,} had been removed before")
    if undo.changed:
        stay = "stays" if len(undo.changed) == 1 else "stay"
        parts.append(f"{format_count(len(undo.changed), 'note')} changed since {stay}")
    return "; ".join(parts)
