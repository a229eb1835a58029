"""Terminal output of what is listed, refreshed, diagnosed or imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dashboard.cli import output
from dashboard.cli.output import print_line, print_notices, show_table
from dashboard.models.article import CheckedClaim, ClaimTruth
from dashboard.models.inbox import NewsCluster, ToneTimeline
from dashboard.models.records import AccessToken, AuditEntry, BackupContents, RestoreResult
from dashboard.models.series import SeriesCard
from dashboard.models.user_files import ImportRecord, ImportUndo
from dashboard.presentation import formatting, incoming_events
from dashboard.presentation.claims import describe_needed_base
from dashboard.presentation.escaping import clean_text
from dashboard.presentation.formatting import (
    NO_VALUE,
    format_count,
    format_number,
    format_signed,
    format_timestamp,
)
from dashboard.presentation.incoming_events import (
    describe_feed,
    format_publishers,
    format_reported_time,
)
from dashboard.services.admin import token_state
from dashboard.services.event_import import EventImportPlan
from dashboard.services.inbox import FeedStatus, propose_category
from dashboard.services.live_rates import RefreshOutcome, RefreshResult
from dashboard.services.serializers import import_report_json, note_rows_json

if TYPE_CHECKING:
    from dashboard.services.article import ArticleReading
    from dashboard.services.health import Finding
    from dashboard.services.live_rates import SeriesStatus


# ------------------------------------------------------------
# The terminal on live rates: what a refresh brought, how old each series is, what works.


OUTCOME_LABELS: Final = {
    RefreshOutcome.UNCHANGED: "nothing new",
    RefreshOutcome.FAILED: "failed",
    RefreshOutcome.SKIPPED: "not asked",
}


@contextmanager
def refresh_progress() -> Iterator[Callable[[int, int, str], None]]:
    """A bar on standard error while a refresh runs; nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("Asking"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, series_id: bar.update(
            task, completed=done, total=total, description=series_id
        )


def show_refresh_results(results: Sequence[RefreshResult]) -> None:
    """Print what became of each series, and the sum."""
    rows = [
        (one.series, one.source, outcome_text(one), _iso_day(one.last_day), one.message)
        for one in results
    ]
    show_table(("series", "source", "what came", "last day", "remark"), rows)
    new = sum(one.changes.new for one in results)
    failed = sum(one.answered is False for one in results)
    print_line(
        f"{format_count(len(results), 'series', 'series')}: {format_count(new, 'new number')}, {failed} failed"
    )


def outcome_text(one: RefreshResult) -> str:
    """What became of one series: `3 new, 1 revised`, `nothing new`, `failed`."""
    if one.outcome != RefreshOutcome.NEW:
        return OUTCOME_LABELS[one.outcome]
    kept = one.changes
    named = {"new": kept.new, "revised": kept.revised, "now final": kept.settled}
    return ", ".join(f"{many:,} {what}" for what, many in named.items() if many)


def show_series_status(reports: Sequence[SeriesStatus], more: int) -> None:
    """Print what each series is, how far it goes, how old it is and what went wrong.

    Args:
        reports: the series to print.
        more: how many are left out, because nothing of them was fetched yet.
    """
    header = (
        "id", "title", "first day", "last day", "rows", "known at", "age", "live", "publisher",
        "licence", "remark",
    )  # fmt: skip
    show_table(header, (_status_row(each) for each in reports), ("rows",))
    if more:
        print_line(f"{more} more can be fetched: rates refresh (rates list --all names them)")


def show_diagnosis(findings: Iterable[Finding]) -> None:
    """Print what each part did when it was tried."""
    rows = [
        (
            one.part,
            "works" if one.works else "FAILS",
            f"{format_number(one.seconds, 1)} s",
            one.message,
        )
        for one in findings
    ]
    show_table(("part", "state", "took", "what it said"), rows, ("took",))


def _status_row(each: SeriesStatus) -> tuple[str, ...]:
    return (
        each.card.id,
        each.card.title,
        _iso_day(each.first_day),
        _iso_day(each.last_day),
        f"{each.rows:,}",
        format_timestamp(each.last_known_at) if each.last_known_at else NO_VALUE,
        each.age_label,
        _provisional_rate(each),
        each.card.publisher,
        each.card.licence,
        each.remark,
    )


def _provisional_rate(each: SeriesStatus) -> str:
    """The number of today that may still change."""
    if each.live is None:
        return NO_VALUE
    return f"{_rate_text(each.live.rate, each.card)} on {each.live.day}"


def _rate_text(rate: float, card: SeriesCard) -> str:
    return format_number(rate, card.decimals)


def _iso_day(value: date | None) -> str:
    return NO_VALUE if value is None else value.isoformat()


# ------------------------------------------------------------
# The terminal on the inbox: stories, feeds and the tone of a search.


def show_inbox(stories: Sequence[NewsCluster]) -> None:
    """Print stories: id, when, headline, who reported it, the category that is proposed."""
    rows = [
        (
            each.lead.id,
            format_reported_time(each.lead),
            each.lead.report.title,
            format_publishers(each),
            propose_category(each.lead),
            each.lead.report.doubt,
        )
        for each in stories
    ]
    show_table(("id", "when", "headline", "reported by", "category", "remark"), rows)
    print_line(format_count(len(stories), "story", "stories"))


def show_feeds(feeds: Iterable[FeedStatus]) -> None:
    """Print feeds: id, whose, how each is, where it lies."""
    now = datetime.now(UTC)
    rows = [
        (each.publisher.id, each.publisher.title, describe_feed(each, now), each.publisher.url)
        for each in feeds
    ]
    show_table(("id", "publisher", "how it is", "address"), rows)


def show_tone_timeline(timeline: ToneTimeline) -> None:
    """Print how the tone of the articles on a query went."""
    print_notices(timeline.told)
    rows = [(format_timestamp(point.at), format_signed(point.tone, 2)) for point in timeline.points]
    show_table(("from", "tone"), rows, ("tone",))


def tone_json(timeline: ToneTimeline) -> dict[str, Any]:
    """The tone as `inbox search --tone --json` prints it; moments in UTC."""
    return {
        "query": timeline.query,
        "resolution": timeline.resolution,
        "told": list(timeline.told),
        "points": [
            {"at": point.at.isoformat().replace("+00:00", "Z"), "tone": point.tone}
            for point in timeline.points
        ],
    }


# ------------------------------------------------------------
# The terminal: tokens, what is on record, and backups.


def show_new_token(secret: str, token: AccessToken) -> None:
    """Print the secret alone on standard output, and what to know about it beside it."""
    print_line(secret)
    until = f"until {format_timestamp(token.expires)}" if token.expires else "until it is revoked"
    print_notices(
        [
            f"token {token.name} writes as {token.person} {until}",
            "keep it now: it is not shown again; send it as `Authorization: Bearer …`",
        ]
    )


def show_tokens(tokens: Iterable[AccessToken], now: datetime) -> None:
    """Print a list of tokens."""
    rows = [
        (t.name, t.person, token_state(t, now), _moment_text(t.created), _moment_text(t.last_used),
         _moment_text(t.expires), _moment_text(t.revoked))
        for t in tokens
    ]  # fmt: skip
    show_table(("name", "person", "state", "made", "last used", "expires", "revoked"), rows)


def show_audit_log(actions: Iterable[AuditEntry]) -> None:
    """Print what is on record."""
    rows = [
        (format_timestamp(one.at), one.who or NO_VALUE, one.origin or NO_VALUE, one.action, one.subject,
         _title_of_entry(one))
        for one in actions
    ]  # fmt: skip
    show_table(("when", "who", "through", "what", "of", "title"), rows)


def show_backup(contents: BackupContents, file: Path) -> None:
    """Say what went into a backup."""
    print_line(f"{_backup_summary(contents)} written to {file}")


def show_restored(done: RestoreResult) -> None:
    """Say what came back, and where that is which was there before."""
    print_line(f"{_backup_summary(done.contents)} put back, as of {done.contents.created_at}")
    if done.kept_before is not None:
        print_line(f"what was here before is in {done.kept_before}")
    if done.damaged is not None:
        print_line(f"the database could not be read; it was moved to {done.damaged}")


def _backup_summary(contents: BackupContents) -> str:
    notes, changes = (contents.rows.get(name, 0) for name in ("notes", "note_history"))
    series = format_count(len(contents.series), "series", "series")
    return f"{format_count(notes, 'note')} with {format_count(changes, 'change')} and {series} of your own"


def _moment_text(moment: datetime | None) -> str:
    return format_timestamp(moment) if moment is not None else NO_VALUE


def _title_of_entry(one: AuditEntry) -> str:
    state = one.after or one.before or {}
    return clean_text(str(state.get("title", "")))


# ------------------------------------------------------------
# What `analyse_article` prints: candidates with their sentences, claims with their verdicts.


def show_article(reading: ArticleReading) -> None:
    """Print what is proposed from an article; every candidate beside its sentence."""
    article = reading.article
    if article.title:
        _print_indented(article.title)
    _print_indented(incoming_events.describe_publication(article))
    _print_indented(f"\n{_count_text(len(reading.statements), 'candidate')}; nothing is stored")
    for number, statement in enumerate(reading.statements, 1):
        actor = statement.actor or "nobody named"
        _print_indented(
            f"\n{number}. {incoming_events.format_statement_day(statement)} · {actor} · {statement.category}"
        )
        _print_indented(f"   {incoming_events.describe_precision(statement)}")
        _print_indented(f"   {statement.sentence}")
    _print_indented(f"\n{_count_text(len(reading.claims), 'claim')} about the rate")
    for number, checked in enumerate(reading.claims, 1):
        _show_claim(number, checked)


def _show_claim(number: int, checked: CheckedClaim) -> None:
    claim = checked.claim
    _print_indented(f"\n{number}. “{claim.phrase}”: {incoming_events.format_claim(claim)}")
    for verdict in checked.verdicts:
        _print_indented(f"   {incoming_events.format_claim_verdict(claim, verdict)}")
    held = {ClaimTruth.TRUE} & {each.truth for each in checked.verdicts if each.is_claimed}
    for needed in () if held else checked.needed:
        _print_indented(f"   {needed.card.id}: {describe_needed_base(claim, needed)}")
    if not checked.verdicts:
        _print_indented(f"   {ClaimTruth.UNKNOWN}: there is no series of RUB per {claim.currency}")


def _count_text(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number or 'no'} {noun}s"


def _print_indented(line: str) -> None:
    indent = len(line) - len(line.lstrip(" \n"))
    output.print_line(line[:indent] + clean_text(line[indent:]))


# ------------------------------------------------------------
# Imports in the terminal: what a file holds, what was taken from it, what was undone.


def print_import_json(plan: EventImportPlan, record: ImportRecord | None) -> None:
    """Print the report of an import; it names the import where notes were stored."""
    report = import_report_json(plan.status, note_rows_json(plan.notes), plan.messages)
    if record is not None:
        report["import"] = record.id
    output.print_json(report)


def show_rejected_import(plan: EventImportPlan) -> None:
    """Print every row that is wrong, and how many of each kind there are."""
    for row in plan.wrong:
        output.print_line(clean_text(row.reason))
    output.print_line(count_rows(plan))
    output.print_notices(plan.notices)


def show_import(plan: EventImportPlan, record: ImportRecord | None, *, dry_run: bool) -> None:
    """Say how many notes were or would be added, and how to take them away again."""
    output.print_notices(plan.messages)
    if dry_run:
        output.print_notices([describe_columns_read(plan), count_rows(plan)])
    done = "would be" if dry_run else "were"
    output.print_line(f"{len(plan.notes)} notes {done} added")
    if record is not None:
        output.print_notices([f"`events undo-import {record.id}` takes them away again"])


def count_rows(plan: EventImportPlan) -> str:
    """`10,000 rows: 9,863 new, 0 already there, 137 wrong`."""
    kinds = [row.verdict for row in plan.rows]
    return (
        f"{formatting.format_count(len(kinds), 'row')}: {kinds.count('new'):,} new,"
        f" {kinds.count('duplicate'):,} already there, {kinds.count('wrong'):,} wrong"
    )


def describe_columns_read(plan: EventImportPlan) -> str:
    """Which column is read as what: `Дата is date, Событие is title`."""
    pairs = ", ".join(f"{column} is {field}" for column, field in plan.file.columns)
    return f"{plan.file.name}: {plan.file.kind}; {pairs}"


def show_imports(records: Iterable[ImportRecord]) -> None:
    """Print which files were imported."""
    header = ("id", "when", "who", "file", "rows", "added", "already there", "wrong", "undone")
    rows = (
        (
            record.id,
            formatting.format_timestamp(record.at) if record.at else "",
            record.who or "–",
            record.file_name,
            *(
                f"{number:,}"
                for number in (record.rows, record.added, record.duplicates, record.wrong)
            ),
            formatting.format_timestamp(record.undone_at) if record.undone_at else "",
        )
        for record in records
    )
    output.show_table(header, rows, header[4:8])


def show_import_undo(done: ImportUndo) -> None:
    """Say what was removed, and name what stays."""
    for note in done.kept:
        who = f" by {note.author}" if note.author else ""
        output.print_notices([f"{note.id} was changed since{who} and stays: {note.title}"])
    before = f"; {done.already_removed:,} had been removed before" if done.already_removed else ""
    kept = f"; {len(done.kept):,} stay" if done.kept else ""
    output.print_line(
        f"{formatting.format_count(done.removed, 'note')} of {done.record.id} removed{kept}{before}"
    )
