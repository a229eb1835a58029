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
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
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
    "given": deferred("as given"),
    "json-ld": deferred("the page's description (JSON-LD)"),
    "open-graph": deferred("the page's description (Open Graph)"),
    "time": deferred("the page's <time>"),
    "htmldate": deferred("a date on the page, the hour is not known"),
    "text": deferred("the text itself, the hour is not known"),
}
DECISION_LABELS: Final = {
    Decision.NEW: deferred("New"),
    Decision.ACCEPTED: deferred("Accepted"),
    Decision.DISMISSED: deferred("Dismissed"),
}
VERDICT_LABELS: Final[dict[RowStatus, str]] = {
    "new": deferred("✚ New"),
    "duplicate": deferred("= Already there"),
    "wrong": deferred("✕ Wrong"),
}
VERDICT_FILTERS: Final[dict[str, str]] = {
    "all": deferred("All rows"),
    **dict(VERDICT_LABELS.items()),
}
"""The filters of the preview table: every row, or those of one verdict."""
FIELD_LABELS: Final = {
    "date": deferred("Date"),
    "title": deferred("Title"),
    "time": deferred("Time of day"),
    "time_utc": deferred("Moment in UTC"),
    "zone": deferred("Time zone"),
    "end_date": deferred("Last day"),
    "text": deferred("Text"),
    "category": deferred("Category"),
    "expected": deferred("Expected direction"),
    "source_url": deferred("Link"),
    "tags": deferred("Tags"),
    "author": deferred("Author"),
}
"""The fields of a note, in the order of the form."""
NO_COLUMN_LABEL: Final = deferred("– not in the file –")


def describe_publication(article: Article) -> str:
    """When an article was published, and how that is known."""
    if article.published is None:
        return _("published: not known")
    published = article.published
    time = format_day(published.day)
    if published.moment is not None:
        time = format_moment(published.moment)
    return _(
        "published {time}: {get}",
        time=time,
        get=translate_deferred(PUBLICATION_ORIGINS.get(published.origin, published.origin)),
    )


def format_statement_day(statement: Statement) -> str:
    """The day or days of a candidate, as exactly as they are known."""
    if statement.day is None:
        return "open"
    if statement.mention.moment is not None:
        return format_moment(statement.mention.moment)
    return format_day_range(statement.day, statement.end_day)


def describe_precision(statement: Statement) -> str:
    """How exactly the day is known, and what is doubtful about it."""
    precision = {Precision.NONE: _("not known")}.get(
        statement.mention.precision, statement.mention.precision
    )
    doubt = f"; {statement.mention.doubt}" if statement.mention.doubt else ""
    return (
        _(
            "“{phrase}”, to the {precision}{doubt}",
            phrase=statement.mention.phrase,
            precision=precision,
            doubt=doubt,
        )
        if statement.day
        else (f"“{statement.mention.phrase}”{doubt}")
    )


def format_claim(claim: Claim) -> str:
    """A claim as a phrase: `the rouble 20 % stronger than a year before, against USD`."""
    day = _(" on {day}", day=format_day(claim.day)) if claim.day else ""
    if claim.kind == ClaimKind.LEVEL:
        exactness = LEVEL_EXACTNESS_LABELS[claim.exactness]
        return _(
            "{exactness}{value} RUB per {currency}{day}",
            exactness=exactness,
            value=format_number(claim.value or 0, claim.decimals),
            currency=claim.currency,
            day=day,
        )
    if is_record_claim(claim):
        since = claim.since.phrase if claim.since else ""
        return _(
            "the rouble's {kind} against {currency} since {since}{day}",
            kind=claim.kind,
            currency=claim.currency,
            since=since,
            day=day,
        )
    word = "stronger" if claim.kind == ClaimKind.UP else "weaker"
    value = f"{format_number(claim.value or 0, claim.decimals)}{THIN_SPACE}%"
    since = (
        claim.since.phrase
        if claim.base == "since" and claim.since
        else translate_deferred(BASE_LABELS[claim.base])
    )
    than = _(
        "{exactness_labels}{value} {word} than {since}",
        exactness_labels=translate_deferred(EXACTNESS_LABELS[claim.exactness]),
        value=value,
        word=word,
        since=since,
    )
    return _(
        "the rouble {than}, against {currency}{day}", than=than, currency=claim.currency, day=day
    )


def format_claim_verdict(claim: Claim, verdict: ClaimVerdict) -> str:
    """The verdict of one series on a claim, with its numbers."""
    word = format_verdict(claim, verdict.truth)
    return f"{word}: {verdict.card.id}: {format_verdict_numbers(claim, verdict)}"


def format_verdict_numbers(claim: Claim, verdict: ClaimVerdict) -> str:
    """The numbers of one series for a claim, or why there are none."""
    card, at = verdict.card, verdict.at
    if verdict.truth == ClaimTruth.UNKNOWN or at is None:
        return format_iso_days(verdict.reason)
    current = _("{rate} on {day}", rate=_format_rate(at.rate, card), day=format_day(at.day))
    if claim.kind == ClaimKind.LEVEL:
        return current
    if is_record_claim(claim):
        return f"{current}, {_format_record(claim, verdict)}"
    assert verdict.base is not None
    assert verdict.found is not None
    base = f"{translate_deferred(BASE_LABELS[verdict.base_name])}, {_format_rate(verdict.base.rate, card)}"
    also = "" if verdict.is_claimed else _(" (not the base of the claim)")
    sign = 1 if claim.kind == ClaimKind.UP else -1
    towards = "stronger" if sign * verdict.found >= 0 else "weaker"
    share = f"{format_number(abs(verdict.found), 2)}{THIN_SPACE}%"
    return _(
        "{share} {towards} in {quote}, from {base} on {day}, to {current}{also}",
        share=share,
        towards=towards,
        quote=verdict.quote,
        base=base,
        day=format_day(verdict.base.day),
        current=current,
        also=also,
    )


def _format_record(claim: Claim, verdict: ClaimVerdict) -> str:
    word = claim.kind
    if verdict.base is None:
        return _("the {word} there is: {reason}", word=word, reason=format_iso_days(verdict.reason))
    base = f"{format_day(verdict.base.day)} ({_format_rate(verdict.base.rate, verdict.card)})"
    claimed = claim.since.phrase if claim.since else ""
    away = "" if verdict.truth == ClaimTruth.TRUE else _(", not {claimed}", claimed=claimed)
    return _("the {word} since {base}{away}", word=word, base=base, away=away)


def _format_rate(rate: float, card: SeriesCard) -> str:
    return format_number(rate, card.decimals)


# ------------------------------------------------------------------ inbox and feeds


def format_reported_time(candidate: InboxItem) -> str:
    """`26 Nov 2026, 16:05 Moscow`, or the day and why there is no hour."""
    report = candidate.report
    if report.day is None:
        return _(
            "time unknown, here since {first_seen}",
            first_seen=format_timestamp(candidate.first_seen),
        )
    on = format_day(moscow_day(candidate))
    if report.precision is not Precision.MINUTE or report.moment is None:
        return _("{on}, hour unknown", on=on)
    at = _("{on}, {moment:%H:%M} Moscow", on=on, moment=report.moment.astimezone(ZoneInfo(MOSCOW)))
    before = {DatedBy.SEEN: _("first seen "), DatedBy.UPDATED: "changed "}.get(report.dated_by, "")
    return f"{before}{at}"


def format_publishers(cluster: NewsCluster) -> str:
    """`5 reports: TASS, Interfax, …`, or the one who reported it."""
    names = cluster.publishers
    listed = ", ".join(names[:5]) + (
        _(" and {names} more", names=len(names) - 5) if len(names) > 5 else ""
    )
    many = len(cluster.reports)
    return listed if many == 1 else f"{plural('{n:,} report', '{n:,} reports', many)}: {listed}"


def format_tone(cluster: NewsCluster) -> str:
    """The mean tone of the reports of which one is known; empty where none is."""
    known = [item.report.tone for item in cluster.reports if item.report.tone is not None]
    return _("tone {known}", known=format_signed(sum(known) / len(known), 1)) if known else ""


def describe_decision(cluster: NewsCluster) -> str:
    """Who decided and when; empty while nobody has."""
    lead = cluster.lead
    if lead.decided_at is None:
        return ""
    by = _(" by {decided_by}", decided_by=lead.decided_by) if lead.decided_by else ""
    return f"{lead.state.value}{by}, {format_timestamp(lead.decided_at)}"


def describe_feed(feed: FeedStatus, now: datetime) -> str:
    """The state of a feed: last request, items received, problem."""
    state = feed.state
    if not feed.publisher.enabled:
        return _("switched off")
    if state is None:
        return _("not asked yet")
    attempt = _("asked {elapsed}", elapsed=format_elapsed(state.tried_at, now))
    if state.problem:
        last = (
            _("; last answer {elapsed}", elapsed=format_elapsed(state.answered_at, now))
            if state.answered_at
            else ""
        )
        return f"{attempt}: {state.problem}{last}"
    messages = f"; {'; '.join(state.messages)}" if state.messages else ""
    return plural(
        "{attempt}: {n:,} item, {new:,} new{messages}",
        "{attempt}: {n:,} items, {new:,} new{messages}",
        state.items,
        attempt=attempt,
        new=state.new,
        messages=messages,
    )


def format_elapsed(moment: datetime, now: datetime) -> str:
    """`just now`, `12 minutes ago`, `3 hours ago`, `2 days ago`."""
    past = now - moment
    if past < timedelta(minutes=1):
        return _("just now")
    if past < timedelta(hours=1):
        return plural("{n:,} minute ago", "{n:,} minutes ago", int(past / timedelta(minutes=1)))
    if past < timedelta(days=1):
        return plural("{n:,} hour ago", "{n:,} hours ago", int(past / timedelta(hours=1)))
    return plural("{n:,} day ago", "{n:,} days ago", past.days)


def describe_refresh_progress(state: NewsRefreshState) -> str:
    """The progress of a refresh of the feeds; empty where none runs and none failed."""
    if state.is_running:
        of = (
            _("{done} of {total} feeds", done=state.done, total=state.total)
            if state.total
            else _("the feeds")
        )
        return _("asking {of} …", of=of)
    return (
        _("The feeds could not be asked: {problem}", problem=state.problem) if state.problem else ""
    )


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
    parts = [
        plural(
            "{n:,} note added from {file_name}",
            "{n:,} notes added from {file_name}",
            record.added,
            file_name=record.file_name,
        )
    ]
    if record.duplicates:
        parts.append(_("{duplicates:,} already there", duplicates=record.duplicates))
    if record.wrong:
        parts.append(_("{wrong:,} wrong and left out", wrong=record.wrong))
    return ", ".join(parts)


def list_import_facts(record: ImportRecord) -> list[str]:
    """When, by whom and how many, for the list of earlier imports."""
    facts = [format_timestamp(record.at)] if record.at else []
    if record.author:
        facts.append(_("by {author}", author=record.author))
    facts += [
        record.kind,
        f"{plural('{n:,} row', '{n:,} rows', record.rows)}",
        _("{added:,} added", added=record.added),
    ]
    if record.duplicates:
        facts.append(_("{duplicates:,} already there", duplicates=record.duplicates))
    if record.wrong:
        facts.append(_("{wrong:,} wrong", wrong=record.wrong))
    if record.undone_at:
        by = _(" by {undone_by}", undone_by=record.undone_by) if record.undone_by else ""
        facts.append(
            _("undone {undone_at}{by}", undone_at=format_timestamp(record.undone_at), by=by)
        )
    return facts


def describe_undone_import(undo: ImportUndo) -> str:
    """What the undoing of an import did."""
    parts = [
        plural(
            "{n:,} note of {file_name} removed",
            "{n:,} notes of {file_name} removed",
            undo.removed,
            file_name=undo.record.file_name,
        )
    ]
    if undo.already_removed:
        parts.append(
            _("{already_removed:,} had been removed before", already_removed=undo.already_removed)
        )
    if undo.changed:
        stay = "stays" if len(undo.changed) == 1 else "stay"
        parts.append(
            plural(
                "{n:,} note changed since {stay}",
                "{n:,} notes changed since {stay}",
                len(undo.changed),
                stay=stay,
            )
        )
    return "; ".join(parts)
