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
from dashboard.models.currencies import name_unit
from dashboard.models.event import MOSCOW, Event
from dashboard.models.inbox import DatedBy, Decision, InboxItem, NewsCluster
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import SeriesCard
from dashboard.models.user_files import ImportRecord, ImportUndo
from dashboard.presentation.claims import (
    BASE_LABELS,
    EXACTNESS_LABELS,
    LEVEL_EXACTNESS_LABELS,
    MARKET_LABELS,
    add_market_difference,
    format_since,
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
    join_first,
)
from dashboard.services.event_import import EventImportPlan, RowVerdict
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
PRECISION_LABELS: Final = {
    Precision.MINUTE: deferred("minute"),
    Precision.DAY: deferred("day"),
    Precision.WEEK: deferred("week"),
    Precision.MONTH: deferred("month"),
    Precision.YEAR: deferred("year"),
    Precision.NONE: deferred("not known"),
}
DECISION_PARTICIPLES: Final = {
    Decision.NEW: deferred("new"),
    Decision.ACCEPTED: deferred("accepted"),
    Decision.DISMISSED: deferred("dismissed"),
}
DECISION_LABELS: Final = {
    Decision.NEW: deferred("New"),
    Decision.ACCEPTED: deferred("Accepted"),
    Decision.DISMISSED: deferred("Dismissed"),
}
VERDICT_LABELS: Final[dict[str, str]] = {
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
    "source_name": deferred("Source"),
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
        "published {time}: {origin}",
        time=time,
        origin=translate_deferred(PUBLICATION_ORIGINS.get(published.origin, published.origin)),
    )


def format_statement_day(statement: Statement) -> str:
    """The day or days of a candidate, as exactly as they are known."""
    if statement.day is None:
        return _("open")
    if statement.mention.moment is not None:
        return format_moment(statement.mention.moment)
    return format_day_range(statement.day, statement.end_day)


def describe_precision(statement: Statement) -> str:
    """How exactly the day is known, and what is doubtful about it."""
    phrase, doubt = statement.mention.phrase, statement.mention.doubt
    if not phrase:
        return doubt
    text = _("“{phrase}”", phrase=phrase)
    if statement.day:
        precision = translate_deferred(PRECISION_LABELS[statement.mention.precision])
        text = _("“{phrase}”, to the {precision}", phrase=phrase, precision=precision)
    return f"{text}; {doubt}" if doubt else text


def describe_candidate(statement: Statement, known: Event | None) -> tuple[str, ...]:
    """Why a candidate is not proposed at once: it is background, or listed already."""
    notes = []
    if statement.is_background:
        notes.append(_("background: dated to a year alone, not proposed"))
    if known is not None:
        title = plain_text(known.title)
        notes.append(_("already listed: {title}, {day}", title=title, day=format_day(known.day)))
    return tuple(notes)


def format_claim(claim: Claim) -> str:
    """A claim as a phrase: `the rouble 20 % stronger than a year before, against USD`."""
    text = _format_undated_claim(claim)
    if claim.day:
        days = format_day_range(claim.first_day or claim.day, claim.day)
        text = (
            _("{claim} on {day}", claim=text, day=days)
            if claim.first_day is None
            else _("{claim} within {days}", claim=text, days=days)
        )
    if claim.market is None:
        return text
    market = translate_deferred(MARKET_LABELS[claim.market])
    return _("{claim}, {market}", claim=text, market=market)


def _format_undated_claim(claim: Claim) -> str:
    number = format_number(claim.value or 0, claim.decimals)
    if claim.kind == ClaimKind.LEVEL:
        level = _("{rate} RUB per {currency}", rate=number, currency=claim.currency)
        return translate_deferred(LEVEL_EXACTNESS_LABELS[claim.exactness], value=level)
    since = format_since(claim)
    if claim.kind == ClaimKind.STRONGEST:
        return _(
            "the rouble's strongest against {currency} since {since}",
            currency=claim.currency,
            since=since,
        )
    if claim.kind == ClaimKind.WEAKEST:
        return _(
            "the rouble's weakest against {currency} since {since}",
            currency=claim.currency,
            since=since,
        )
    values = {
        "change": translate_deferred(
            EXACTNESS_LABELS[claim.exactness], value=f"{number}{THIN_SPACE}%"
        ),
        "base": since
        if claim.base == "since" and claim.since
        else translate_deferred(BASE_LABELS[claim.base]),
        "currency": claim.currency,
    }
    if claim.kind == ClaimKind.UP:
        return _("the rouble {change} stronger than {base}, against {currency}", **values)
    return _("the rouble {change} weaker than {base}, against {currency}", **values)


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
        return add_market_difference(current, claim, verdict)
    if is_record_claim(claim):
        record = f"{current}, {_format_record(claim, verdict)}"
        return add_market_difference(record, claim, verdict)
    assert verdict.base is not None
    assert verdict.found is not None
    values = {
        "share": f"{format_number(abs(verdict.found), 2)}{THIN_SPACE}%",
        "quote": name_unit(verdict.quote),
        "base": translate_deferred(BASE_LABELS[verdict.base_name]),
        "rate": _format_rate(verdict.base.rate, card),
        "day": format_day(verdict.base.day),
        "current": current,
    }
    if (verdict.found if claim.kind == ClaimKind.UP else -verdict.found) >= 0:
        text = _(
            "{share} stronger in {quote}, from {base}, {rate} on {day}, to {current}", **values
        )
    else:
        text = _("{share} weaker in {quote}, from {base}, {rate} on {day}, to {current}", **values)
    text = add_market_difference(text, claim, verdict)
    return text if verdict.is_claimed else _("{change} (not the base of the claim)", change=text)


def _format_record(claim: Claim, verdict: ClaimVerdict) -> str:
    is_strongest = claim.kind == ClaimKind.STRONGEST
    if verdict.base is None:
        reason = format_iso_days(verdict.reason)
        if is_strongest:
            return _("the strongest there is: {reason}", reason=reason)
        return _("the weakest there is: {reason}", reason=reason)
    values = {
        "day": format_day(verdict.base.day),
        "rate": _format_rate(verdict.base.rate, verdict.card),
        "claimed": format_since(claim),
    }
    if verdict.truth in {ClaimTruth.TRUE, ClaimTruth.ANOTHER}:
        if is_strongest:
            return _("the strongest since {day} ({rate})", **values)
        return _("the weakest since {day} ({rate})", **values)
    if is_strongest:
        return _("the strongest since {day} ({rate}), not {claimed}", **values)
    return _("the weakest since {day} ({rate}), not {claimed}", **values)


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
    day = format_day(moscow_day(candidate))
    if report.precision is not Precision.MINUTE or report.moment is None:
        return _("{day}, hour unknown", day=day)
    values = {"day": day, "clock": report.moment.astimezone(ZoneInfo(MOSCOW))}
    if report.dated_by == DatedBy.SEEN:
        return _("first seen {day}, {clock:%H:%M} Moscow", **values)
    if report.dated_by == DatedBy.UPDATED:
        return _("changed {day}, {clock:%H:%M} Moscow", **values)
    return _("{day}, {clock:%H:%M} Moscow", **values)


def format_publishers(cluster: NewsCluster) -> str:
    """`5 reports: TASS, Interfax, …`, or the one who reported it."""
    names = cluster.publishers
    listed, many = join_first(names, 5), len(cluster.reports)
    return (
        listed
        if many == 1
        else plural(
            "{n:,} report: {publishers}", "{n:,} reports: {publishers}", many, publishers=listed
        )
    )


def format_tone(cluster: NewsCluster) -> str:
    """The mean tone of the reports of which one is known; empty where none is."""
    known = [item.report.tone for item in cluster.reports if item.report.tone is not None]
    return _("tone {known}", known=format_signed(sum(known) / len(known), 1)) if known else ""


def describe_decision(cluster: NewsCluster) -> str:
    """Who decided and when; empty while nobody has."""
    lead = cluster.lead
    if lead.decided_at is None:
        return ""
    values = {
        "decision": translate_deferred(DECISION_PARTICIPLES[lead.state]),
        "time": format_timestamp(lead.decided_at),
    }
    if lead.decided_by:
        return _("{decision} by {author}, {time}", author=lead.decided_by, **values)
    return _("{decision}, {time}", **values)


def describe_feed(feed: FeedStatus, now: datetime) -> str:
    """The state of a feed: last request, items received, problem."""
    state = feed.state
    if not feed.publisher.enabled:
        return _("switched off")
    if state is None:
        return _("not fetched yet")
    elapsed = format_elapsed(state.tried_at, now)
    if not state.problem:
        counts = plural(
            "fetched {elapsed}: {n:,} item, {new:,} new",
            "fetched {elapsed}: {n:,} items, {new:,} new",
            state.items,
            elapsed=elapsed,
            new=state.new,
        )
        return "; ".join([counts, *state.messages])
    text = _("failed {elapsed}: {problem}", elapsed=elapsed, problem=state.problem)
    if not state.answered_at:
        return text
    answered = format_elapsed(state.answered_at, now)
    return _("{attempt}; last answer {elapsed}", attempt=text, elapsed=answered)


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
        if state.total:
            return _("Fetching: {done} of {total} feeds …", done=state.done, total=state.total)
        return _("Fetching the feeds …")
    if not state.problem:
        return ""
    return _("The feeds could not be fetched: {problem}", problem=state.problem)


# ------------------------------------------------------------------ imports of event files


def count_verdicts(plan: EventImportPlan) -> dict[str, int]:
    """The number of rows for every choice of `VERDICT_FILTERS`."""
    kinds: list[str] = [row.verdict for row in plan.rows]
    return {"all": len(kinds), **{kind: kinds.count(kind) for kind in VERDICT_LABELS}}


def describe_row_problem(row: RowVerdict) -> str:
    """The reason for the verdict on a row, without its place in the file."""
    if row.same:
        return plain_text(_("is already there ({same})", same=row.same))
    return plain_text(row.reason.removeprefix(row.place).lstrip(",: "))


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
        plural("{n:,} row", "{n:,} rows", record.rows),
        _("{added:,} added", added=record.added),
    ]
    if record.duplicates:
        facts.append(_("{duplicates:,} already there", duplicates=record.duplicates))
    if record.wrong:
        facts.append(_("{wrong:,} wrong", wrong=record.wrong))
    if record.undone_at:
        values = {"time": format_timestamp(record.undone_at), "author": record.undone_by}
        by_somebody = _("undone {time} by {author}", **values)
        facts.append(by_somebody if record.undone_by else _("undone {time}", **values))
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
        parts.append(
            plural(
                "{n:,} note changed since stays",
                "{n:,} notes changed since stay",
                len(undo.changed),
            )
        )
    return "; ".join(parts)
