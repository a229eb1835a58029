"""Terminal output of what is listed, refreshed, diagnosed or imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from dashboard.cli.output import print_json, print_line, print_notices, rate_text, show_table
from dashboard.models.article import CheckedClaim, ClaimTruth
from dashboard.models.event import MOSCOW, iso_text
from dashboard.models.inbox import NewsCluster, ToneTimeline
from dashboard.models.messages import (
    at_place,
    deferred,
    deferred_in_context,
    join_clauses,
    plural,
    translate_deferred,
)
from dashboard.models.messages import translate as _
from dashboard.models.people import Person, Role, Scope
from dashboard.models.records import (
    AccessToken,
    AuditEntry,
    BackupContents,
    RestoreResult,
    SchemaUpgrade,
)
from dashboard.models.user_files import ImportRecord, ImportUndo
from dashboard.presentation.alerts import (
    describe_alert_state,
    describe_quiet_hours,
    describe_rule,
)
from dashboard.presentation.claims import describe_common_base, describe_needed_base
from dashboard.presentation.episodes import build_episodes_view, describe_episodes
from dashboard.presentation.escaping import clean_text
from dashboard.presentation.events import (
    describe_usual,
    describe_usual_sample,
    format_schedule,
    format_usual_size,
)
from dashboard.presentation.formatting import (
    NO_VALUE,
    format_age,
    format_day,
    format_number,
    format_signed,
    format_timestamp,
)
from dashboard.presentation.incoming_events import (
    describe_candidate,
    describe_feed,
    describe_precision,
    describe_publication,
    format_claim,
    format_claim_verdict,
    format_publishers,
    format_reported_time,
    format_statement_day,
)
from dashboard.presentation.precedents import (
    WEIGHTS_VIEW,
    build_left_out_view,
    build_summary_view,
    build_taken_view,
    describe_precedents,
    list_lines,
    list_weights,
)
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.presentation.tables import View
from dashboard.services.admin import token_state
from dashboard.services.event_import import EventImportPlan
from dashboard.services.exports import TABLES
from dashboard.services.inbox import FeedStatus, propose_category
from dashboard.services.live_rates import RefreshOutcome, RefreshResult
from dashboard.services.serializers import import_report_json, note_rows_json

if TYPE_CHECKING:
    from dashboard.models.alerts import Alert, AlertMessage, AlertRule, AlertTarget, Occasion
    from dashboard.models.analyses import EpisodeStudy, Precedents
    from dashboard.models.baskets import Basket, BasketMember
    from dashboard.models.series import SeriesCard
    from dashboard.services.article import ArticleReading
    from dashboard.services.counterfactual import Counterfactual
    from dashboard.services.health import Finding
    from dashboard.services.live_rates import SeriesStatus
    from dashboard.services.regimes import RegimeAnswer, SplitRow
    from dashboard.services.schedule import UpcomingEvent
    from dashboard.services.tickers import SearchResult


# ------------------------------------------------------------------ rates

OUTCOME_LABELS: Final = {
    RefreshOutcome.UNCHANGED: deferred("nothing new"),
    RefreshOutcome.FAILED: deferred("failed"),
    RefreshOutcome.SKIPPED: deferred("not asked"),
}


BASKETS_VIEW: Final[View] = {
    deferred("name"): attrgetter("name"),
    deferred("title"): attrgetter("label"),
    deferred("from"): lambda basket: _("shipped") if basket.is_shipped else _("yours"),
    deferred("series"): lambda basket: ", ".join(basket.members),
}
BASKET_MEMBERS_VIEW: Final[View] = {
    deferred("member"): attrgetter("name"),
    deferred("series"): lambda m: m.series.card.label if m.series is not None else NO_VALUE,
    deferred("last day"): lambda m: (
        str(m.series.day[-1]) if m.series is not None and len(m.series) else NO_VALUE
    ),
    deferred("to do"): lambda m: translate_deferred(m.reason),
}


def show_baskets(baskets: Iterable[Basket]) -> None:
    """Print the baskets with their series."""
    show_table(BASKETS_VIEW, baskets)


def show_basket_members(members: Iterable[BasketMember]) -> None:
    """Print the series of a basket, and what to do about those that are missing."""
    show_table(BASKET_MEMBERS_VIEW, members)


@contextmanager
def refresh_progress() -> Iterator[Callable[[int, int, str], None]]:
    """A bar on standard error while a refresh runs; nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn(_("Asking")),
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


def outcome_text(result: RefreshResult) -> str:
    """The result of one series: `3 new, 1 revised`, `nothing new`, `failed`."""
    if result.outcome != RefreshOutcome.NEW:
        return translate_deferred(OUTCOME_LABELS[result.outcome])
    update = result.changes
    parts = (
        _("{n:,} new", n=update.new) if update.new else "",
        _("{n:,} revised", n=update.revised) if update.revised else "",
        _("{n:,} now final", n=update.settled) if update.settled else "",
    )
    return ", ".join(filter(None, parts))


REFRESH_VIEW: Final[View] = {
    deferred("series"): attrgetter("series"),
    deferred("source"): attrgetter("source"),
    deferred("what came"): outcome_text,
    deferred_in_context("column", "last day"): lambda result: result.last_day or NO_VALUE,
    deferred("remark"): attrgetter("message"),
}


def show_refresh_results(results: Sequence[RefreshResult]) -> None:
    """Print the result of each series, and the sum."""
    show_table(REFRESH_VIEW, results)
    new = sum(result.changes.new for result in results)
    failed = sum(result.answered is False for result in results)
    series = plural("{n:,} series", "{n:,} series", len(results))
    print_line(
        plural(
            "{series}: {n:,} new number, {failed} failed",
            "{series}: {n:,} new numbers, {failed} failed",
            new,
            series=series,
            failed=failed,
        )
    )


def _provisional_rate(status: SeriesStatus) -> str:
    """The value of today, which may still change."""
    if status.live is None:
        return NO_VALUE
    rate = rate_text(status.live.rate, status.card)
    return _("{rate} on {day}", rate=rate, day=status.live.day)


STATUS_VIEW: Final[View] = {
    deferred("id"): attrgetter("card.id"),
    deferred("title"): attrgetter("card.label"),
    deferred("first day"): lambda status: status.first_day or NO_VALUE,
    deferred_in_context("column", "last day"): lambda status: status.last_day or NO_VALUE,
    deferred("rows"): lambda status: format_number(status.rows, 0),
    deferred("known at"): lambda status: _moment_text(status.last_known_at),
    deferred("age"): attrgetter("age_label"),
    deferred("live"): _provisional_rate,
    deferred("publisher"): attrgetter("card.publisher_label"),
    deferred("licence"): lambda status: translate_deferred(status.card.licence),
    deferred("remark"): attrgetter("remark"),
}


def show_series_status(statuses: Sequence[SeriesStatus], more: int) -> None:
    """Print what each series is, how far it goes, how old it is and what went wrong.

    Args:
        statuses: the series to print.
        more: how many are left out, because nothing of them was fetched yet.
    """
    show_table(STATUS_VIEW, statuses, numbers=("rows",))
    if more:
        print_line(
            _("{more} more can be fetched: rates refresh (rates list --all names them)", more=more)
        )


SEARCH_VIEW: Final[View] = {
    deferred("id"): attrgetter("id"),
    deferred("name"): lambda match: translate_deferred(match.title),
    deferred("publisher"): lambda match: translate_deferred(match.publisher),
    deferred("note"): lambda match: (
        _("has numbers here") if match.is_stored else translate_deferred(match.note)
    ),
}


def show_search(result: SearchResult) -> None:
    """Print the series that a search found, and why a publisher was not searched."""
    if result.matches:
        show_table(SEARCH_VIEW, result.matches)
    else:
        print_line(_("nothing found; try another word, or --online to ask the publishers"))
    print_notices(result.problems)


def show_diagnosis(findings: Iterable[Finding]) -> None:
    """Print what each part did when it was tried."""
    view: View = {
        deferred("part"): lambda finding: translate_deferred(finding.part),
        deferred("state"): lambda finding: _("works") if finding.works else _("FAILS"),
        deferred("took"): lambda finding: _("{n} s", n=format_number(finding.seconds, 1)),
        deferred("what it said"): attrgetter("message"),
    }
    show_table(view, findings, numbers=("took",))


# ------------------------------------------------------------------ inbox


INBOX_VIEW: Final[View] = {
    deferred("id"): attrgetter("lead.id"),
    deferred("when"): lambda cluster: format_reported_time(cluster.lead),
    deferred("headline"): attrgetter("lead.report.title"),
    deferred("reported by"): format_publishers,
    deferred("category"): lambda cluster: propose_category(cluster.lead),
    deferred("remark"): attrgetter("lead.report.doubt"),
}


def show_inbox(clusters: Sequence[NewsCluster]) -> None:
    """Print stories: id, when, headline, who reported it, the category that is proposed."""
    show_table(INBOX_VIEW, clusters)
    print_line(plural("{n:,} story", "{n:,} stories", len(clusters)))


def show_upcoming(upcoming: Sequence[UpcomingEvent], card: SeriesCard) -> None:
    """Print scheduled events: when, in how many days, what, and what is usual after its kind."""
    today = datetime.now(ZoneInfo(MOSCOW)).date()
    view: View = {
        "when": lambda item: format_schedule(item.event),
        deferred("days"): lambda item: format_age(today + timedelta(days=item.days), today),
        "category": attrgetter("event.category"),
        "title": attrgetter("event.title"),
        deferred("usual move"): lambda item: format_usual_size(item.usual),
        "id": attrgetter("event.id"),
    }
    show_table(view, upcoming)
    for category in dict.fromkeys(item.usual.category for item in upcoming):
        usual = next(item.usual for item in upcoming if item.usual.category == category)
        for line in (describe_usual_sample(usual), describe_usual(usual, card)):
            if line:
                print_line(line)


def show_precedents(answer: Precedents, folder: Path | None) -> None:
    """Print the precedents of an event: the answer, each of them, and those left out."""
    quoting = QuotedSeries(answer.card, QuoteMode.WEAKER)
    event = answer.target.event
    print_line(f"{format_day(event.day)}  {clean_text(event.title)}")
    print_line(f"{answer.card.label}, {quoting.unit}\n")
    for sentence in describe_precedents(answer, quoting):
        print_line(sentence)
    views = (
        (_("Precedents, the most alike first"), build_taken_view(quoting), answer.taken),
        (_("What followed"), build_summary_view(quoting), answer.summary if answer.taken else ()),
        (_("Left out although as alike"), build_left_out_view(), answer.left_out),
        (_("Weights of the likeness"), WEIGHTS_VIEW, list_weights()),
    )
    for title, view, rows in views:
        if rows:
            print_line(f"\n{title}")
            show_table(view, rows)
    for line in list_lines(answer):
        print_line(line)
    if folder is not None:
        print_line(_("written to {out}", out=folder))


def show_episodes(answer: EpisodeStudy, folder: Path | None) -> None:
    """Print the episodes of a series with the span of each, and what all say together."""
    quoting = QuotedSeries(answer.card, QuoteMode.WEAKER)
    print_line(f"{answer.card.label}, {quoting.unit}")
    show_table(build_episodes_view(quoting), answer.episodes, numbers=("events",))
    for sentence in describe_episodes(answer, quoting):
        print_line(sentence)
    if folder is not None:
        print_line(_("written to {out}", out=folder))


def show_feeds(feeds: Iterable[FeedStatus]) -> None:
    """Print feeds: id, publisher, status, address."""
    now = datetime.now(UTC)
    view: View = {
        deferred("id"): attrgetter("publisher.id"),
        deferred("publisher"): lambda status: translate_deferred(status.publisher.title),
        deferred("how it is"): lambda status: describe_feed(status, now),
        deferred("address"): attrgetter("publisher.url"),
    }
    show_table(view, feeds)


def show_tone_timeline(timeline: ToneTimeline) -> None:
    """Print how the tone of the articles on a query went."""
    print_notices(timeline.messages)
    view: View = {
        deferred("from"): lambda point: format_timestamp(point.at),
        deferred("tone"): lambda point: format_signed(point.tone, 2),
    }
    show_table(view, timeline.points, numbers=("tone",))


def tone_json(timeline: ToneTimeline) -> dict[str, Any]:
    """The tone as `inbox search --tone --json` prints it; moments in UTC."""
    return {
        "query": timeline.query,
        "resolution": timeline.resolution,
        "told": list(timeline.messages),
        "points": [{"at": iso_text(point.at), "tone": point.tone} for point in timeline.points],
    }


# ------------------------------------------------------------------ tokens, audit log, backups


def show_new_token(secret: str, token: AccessToken) -> None:
    """Print the secret alone on standard output, and how to use it on standard error."""
    print_line(secret)
    message = _NEW_TOKEN[token.scope, token.expires is not None]
    moment = format_timestamp(token.expires) if token.expires else ""
    print_notices(
        [
            translate_deferred(message, name=token.name, person=token.person, moment=moment),
            _("keep it now: it is not shown again; send it as `Authorization: Bearer …`"),
        ]
    )


_NEW_TOKEN: Final = {
    (Scope.WRITE, False): deferred("token {name} writes as {person} until it is revoked"),
    (Scope.WRITE, True): deferred("token {name} writes as {person} until {moment}"),
    (Scope.READ, False): deferred("token {name} reads as {person} until it is revoked"),
    (Scope.READ, True): deferred("token {name} reads as {person} until {moment}"),
}
"""By the scope, and whether it expires."""


def show_tokens(tokens: Iterable[AccessToken], now: datetime) -> None:
    """Print a list of tokens."""
    view: View = {
        deferred("name"): attrgetter("name"),
        deferred("person"): attrgetter("person"),
        deferred("scope"): attrgetter("scope"),
        deferred("state"): lambda token: translate_deferred(token_state(token, now)),
        deferred("made"): lambda token: _moment_text(token.created),
        deferred("last used"): lambda token: _moment_text(token.last_used),
        deferred("expires"): lambda token: _moment_text(token.expires),
        deferred("revoked"): lambda token: _moment_text(token.revoked),
    }
    show_table(view, tokens)


def show_people(people: Iterable[tuple[Person, Role]]) -> None:
    """Print people with the role of this moment."""
    view: View = {
        deferred("person"): lambda row: row[0].person,
        deferred("role"): lambda row: row[1].value,
        deferred("given"): lambda row: row[0].given_role or NO_VALUE,
        deferred("last active"): lambda row: _moment_text(row[0].last_active),
        deferred("signed out"): lambda row: _moment_text(row[0].signed_out_at),
    }
    show_table(view, people)


AUDIT_VIEW: Final[View] = {
    deferred("when"): lambda entry: format_timestamp(entry.at),
    deferred("who"): lambda entry: entry.author or NO_VALUE,
    deferred("through"): lambda entry: entry.origin or NO_VALUE,
    deferred("what"): attrgetter("action"),
    deferred("of"): attrgetter("subject"),
    deferred("title"): lambda entry: (entry.after or entry.before or {}).get("title", ""),
}


def show_audit_log(entries: Iterable[AuditEntry]) -> None:
    """Print the entries of the audit log."""
    show_table(AUDIT_VIEW, entries)


def show_alert_rules(rules: Iterable[AlertRule], cards: Mapping[str, SeriesCard]) -> None:
    """Print a list of alert rules."""
    view: View = {
        "id": attrgetter("id"),
        "title": lambda rule: rule.title or NO_VALUE,
        "waits for": lambda rule: describe_rule(rule, cards.get(rule.series)),
        "sent to": lambda rule: rule.target or NO_VALUE,
        "quiet": lambda rule: describe_quiet_hours(rule) or NO_VALUE,
    }
    show_table(view, rules)


def show_alert_targets(targets: Iterable[AlertTarget]) -> None:
    """Print where alerts can be sent, without addresses."""
    view: View = {
        "name": attrgetter("name"),
        "service": attrgetter("label"),
        "made": lambda target: _moment_text(target.created),
    }
    show_table(view, targets)


def show_alerts(alerts: Iterable[Alert], now: datetime) -> None:
    """Print the alerts on record."""
    view: View = {
        "number": lambda alert: str(alert.id),
        "known from": lambda alert: _moment_text(alert.at),
        "alert": lambda alert: alert.message.title,
        "sent to": lambda alert: alert.target or NO_VALUE,
        "state": lambda alert: describe_alert_state(alert, now),
    }
    show_table(view, alerts, numbers=("number",))


def show_alert_trial(occasions: Sequence[tuple[Occasion, AlertMessage]]) -> None:
    """Print what a rule would have sent."""
    for occasion, message in occasions:
        print_line(f"{_moment_text(occasion.at)}  {message.title}")
    print_line(plural("{n} alert", "{n} alerts", len(occasions)))


def show_backup(contents: BackupContents, file: Path) -> None:
    """Print what went into a backup."""
    print_line(_("{summary} written to {file}", summary=_backup_summary(contents), file=file))


def show_upgrade(done: SchemaUpgrade, copied: Sequence[str]) -> None:
    """Print what the upgrade of a database did, where its backup is, and the files copied in."""
    values = {"name": done.database, "before": done.before, "after": done.after}
    if done.before == done.after:
        print_line(_("{name}: its tables are those of this release ({after})", **values))
    elif done.before is None:
        print_line(_("{name}: its tables were created ({after})", **values))
    else:
        print_line(_("{name}: its tables were upgraded from {before} to {after}", **values))
    if done.backup is not None:
        print_line(_("what was here before is in {file}", file=done.backup))
    if copied:
        print_line(_("copied into the database: {files}", files=", ".join(copied)))


def show_restored(result: RestoreResult) -> None:
    """Print what was restored, and where the previous data are."""
    print_line(
        _(
            "{summary} put back, as of {moment}",
            summary=_backup_summary(result.contents),
            moment=result.contents.created_at,
        )
    )
    if result.previous_data is not None:
        print_line(_("what was here before is in {file}", file=result.previous_data))
    if result.damaged is not None:
        print_line(
            _("the database could not be read; it was moved to {damaged}", damaged=result.damaged)
        )


def _backup_summary(contents: BackupContents) -> str:
    notes, changes = (contents.rows.get(name, 0) for name in ("notes", "note_history"))
    return _(
        "{notes} with {changes} and {series} of your own",
        notes=plural("{n:,} note", "{n:,} notes", notes),
        changes=plural("{n:,} change", "{n:,} changes", changes),
        series=plural("{n:,} series", "{n:,} series", len(contents.series)),
    )


def _moment_text(moment: datetime | None) -> str:
    return format_timestamp(moment) if moment is not None else NO_VALUE


# ------------------------------------------------------------------ articles


def show_article(reading: ArticleReading) -> None:
    """Print what is proposed from an article: every candidate with its sentence."""
    article = reading.article
    if article.title:
        _print_indented(article.title)
    _print_indented(describe_publication(article))
    found = len(reading.statements)
    candidates = plural("{n} candidate", "{n} candidates", found) if found else _("no candidates")
    _print_indented("\n" + join_clauses(candidates, _("nothing is stored")))
    for number, statement in enumerate(reading.statements, 1):
        actor = statement.actor or _("nobody named")
        day = format_statement_day(statement)
        _print_indented(f"\n{number}. {day} · {actor} · {statement.category}")
        _print_indented(f"   {statement.title}")
        _print_indented(f"   {describe_precision(statement)}")
        for note in describe_candidate(statement, reading.known[number - 1]):
            _print_indented(f"   {note}")
        _print_indented(f"   {statement.sentence}")
    found = len(reading.claims)
    claims = (
        plural("{n} claim about the rate", "{n} claims about the rate", found)
        if found
        else _("no claims about the rate")
    )
    _print_indented("\n" + claims)
    for number, checked in enumerate(reading.claims, 1):
        _show_claim(number, checked)
    for base in reading.common_bases:
        _print_indented("\n" + " ".join(describe_common_base(base)))


def _show_claim(number: int, checked: CheckedClaim) -> None:
    claim = checked.claim
    _print_indented(
        f"\n{number}. " + at_place(_("“{phrase}”", phrase=claim.phrase), format_claim(claim))
    )
    if claim.doubt:
        _print_indented(f"   {translate_deferred(claim.doubt)}")
    for verdict in checked.verdicts:
        _print_indented(f"   {format_claim_verdict(claim, verdict)}")
    confirmed = {ClaimTruth.TRUE} & {
        verdict.truth for verdict in checked.verdicts if verdict.is_claimed
    }
    for base in () if confirmed else checked.needed:
        _print_indented(f"   {base.card.id}: {describe_needed_base(claim, base)}")
    if not checked.verdicts:
        _print_indented(
            "   "
            + _(
                "{verdict}: there is no series of RUB per {currency}",
                verdict=translate_deferred(ClaimTruth.UNKNOWN),
                currency=claim.currency,
            )
        )


def _print_indented(line: str) -> None:
    indent = len(line) - len(line.lstrip(" \n"))
    print_line(line[:indent] + clean_text(line[indent:]))


# ------------------------------------------------------------------ imports


def print_import_json(plan: EventImportPlan, record: ImportRecord | None) -> None:
    """Print the report of an import; it names the import where notes were stored."""
    report = import_report_json(plan.status, note_rows_json(plan.notes), plan.messages)
    if record is not None:
        report["import"] = record.id
    print_json(report)


def show_rejected_import(plan: EventImportPlan) -> None:
    """Print every row that is wrong, and how many of each kind there are."""
    for row in plan.wrong:
        print_line(clean_text(row.reason))
    print_line(count_rows(plan))
    print_notices(plan.notices)


def show_import(plan: EventImportPlan, record: ImportRecord | None, *, dry_run: bool) -> None:
    """Print how many notes were or would be added, and how to remove them again."""
    print_notices(plan.messages)
    if dry_run:
        print_notices([describe_columns_read(plan), count_rows(plan)])
    count = len(plan.notes)
    if dry_run:
        print_line(plural("{n} notes would be added", "{n} notes would be added", count))
    else:
        print_line(plural("{n} notes were added", "{n} notes were added", count))
    if record is not None:
        print_notices([_("`events undo-import {id}` takes them away again", id=record.id)])


def count_rows(plan: EventImportPlan) -> str:
    """`10,000 rows: 9,863 new, 0 already there, 137 wrong`."""
    kinds = [row.verdict for row in plan.rows]
    return _(
        "{rows}: {new:,} new, {known:,} already there, {wrong:,} wrong",
        rows=plural("{n:,} row", "{n:,} rows", len(kinds)),
        new=kinds.count("new"),
        known=kinds.count("duplicate"),
        wrong=kinds.count("wrong"),
    )


def describe_columns_read(plan: EventImportPlan) -> str:
    """Which column is read as what: `Дата is date, Событие is title`."""
    pairs = ", ".join(
        _("{column} is {field}", column=column, field=field) for column, field in plan.file.columns
    )
    return f"{plan.file.name}: {plan.file.kind}; {pairs}"


IMPORTS_VIEW: Final[View] = {
    deferred("id"): attrgetter("id"),
    deferred("when"): lambda record: format_timestamp(record.at) if record.at else "",
    deferred("who"): lambda record: record.author or NO_VALUE,
    deferred("file"): attrgetter("file_name"),
    deferred("rows"): lambda record: format_number(record.rows, 0),
    deferred("added"): lambda record: format_number(record.added, 0),
    deferred("already there"): lambda record: format_number(record.duplicates, 0),
    deferred("wrong"): lambda record: format_number(record.wrong, 0),
    deferred("undone"): lambda record: (
        format_timestamp(record.undone_at) if record.undone_at else ""
    ),
}


def show_imports(records: Iterable[ImportRecord]) -> None:
    """Print which files were imported."""
    show_table(IMPORTS_VIEW, records, numbers=("rows", "added", "already there", "wrong"))


def show_import_undo(undo: ImportUndo) -> None:
    """Print what was removed, and what stays."""
    for note in undo.changed:
        message = deferred("{id} was changed since and stays: {title}")
        if note.author:
            message = deferred("{id} was changed since by {author} and stays: {title}")
        values = {"id": note.id, "author": note.author, "title": note.title}
        print_notices([translate_deferred(message, **values)])
    removed = _(
        "{notes} of {id} removed",
        notes=plural("{n:,} note", "{n:,} notes", undo.removed),
        id=undo.record.id,
    )
    changed, earlier = len(undo.changed), undo.already_removed
    print_line(
        join_clauses(
            removed,
            _("{count:,} stay", count=changed) if changed else "",
            _("{count:,} had been removed before", count=earlier) if earlier else "",
        )
    )


# ------------------------------------------------------------------ regimes and counterfactuals


def show_regimes(answer: RegimeAnswer, folder: Path | None) -> None:
    """Print the regimes of a series and what they rest on."""
    from dashboard.presentation.regimes import (
        COUNTS_VIEW,
        describe_regimes,
        describe_search,
        regimes_view,
    )

    print_line(describe_regimes(answer))
    for sentence in describe_search(answer):
        print_line(sentence)
    print_line("")
    show_table(regimes_view(answer), [answer], TABLES["regimes"])
    print_line("")
    show_table(COUNTS_VIEW, [answer], TABLES["break_counts"])
    _say_written(folder)


def show_split(rows: Sequence[SplitRow], card: SeriesCard) -> None:
    """Print an answer by periods."""
    from dashboard.presentation.regimes import describe_split, split_view

    print_line("")
    print_line(describe_split(rows))
    show_table(split_view(card), rows, TABLES["split"])


def show_counterfactual(answer: Counterfactual, folder: Path | None) -> None:
    """Print the gap to the synthetic series, its donors and what they rest on."""
    from dashboard.presentation.counterfactual import (
        describe_counterfactual,
        describe_fit,
        describe_left_out,
        describe_limits,
        donors_view,
        gaps_view,
        summarize_weights,
    )

    print_line(describe_counterfactual(answer))
    print_line(summarize_weights(answer))
    print_line("")
    show_table(gaps_view(), [answer], TABLES["counterfactual"])
    print_line("")
    show_table(donors_view(answer), [answer], TABLES["counterfactual_donors"])
    print_line("")
    left_out = describe_left_out(answer)
    for sentence in (*describe_fit(answer), left_out, describe_limits()):
        if sentence:
            print_line(sentence)
    _say_written(folder)


def _say_written(folder: Path | None) -> None:
    if folder is not None:
        print_line(_("written to {folder}", folder=folder))
