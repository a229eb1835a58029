"""Commands of rates: list, refresh, import, export, remove, and the diagnosis of every source."""

from __future__ import annotations

import re
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from dashboard.cli.context import (
    EXIT_FAILED,
    get_context,
    get_online_context,
    output_format,
    rejection_as_json,
    select_series,
    silence_logs,
    write_output,
)
from dashboard.cli.options import (
    Arg,
    AsOfOption,
    BarStampsOption,
    CsvFileArgument,
    DialectOption,
    DryRunOption,
    ExcelOption,
    JsonOption,
    KindOption,
    Opt,
    QuoteOption,
    RateColumnOption,
    RateDateColumnOption,
    RateDateOrderOption,
    RatesOption,
    RateZoneOption,
    ReplaceOption,
    SeedOption,
    SeriesIdArgument,
    SeriesNameOption,
    SeriesTitleOption,
    SheetOption,
    SinceOption,
    TableFileArgument,
    Texts,
    UntilOption,
    command_group,
    read_optional_day,
    read_period,
)
from dashboard.models.errors import InputError, StoreError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.services.notes import utc_now

if TYPE_CHECKING:
    from dashboard.container import AppContext
    from dashboard.models.series import SeriesCard
    from dashboard.services.rates import RateImportPlan
    from dashboard.services.record import Recorded, Recording


# ------------------------------------------------------------------ network


def refresh_rates_command(
    *,
    source: Annotated[
        str, Opt(metavar="ID", help=deferred("Only this source: cbr, moex, ecb …"))
    ] = "",
    series: Annotated[
        Texts, Opt(metavar="ID", help=deferred("Only this series; repeatable."))
    ] = None,
    since: Annotated[
        str | None, Opt(metavar="DATE", help=deferred("Read everything from this day on again."))
    ] = None,
    force: Annotated[
        bool, Opt("--force", help=deferred("Fetch again what was fetched a moment ago."))
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Fetch what is new from the publishers; what fails is reported and loses nothing.

    Bars are fetched where --series names them, and from then on updated. Exit code 0 as soon as
    one of the series has come (--json says which have not), 3 where none has.
    """
    from dashboard.cli import listings, output
    from dashboard.services.live_rates import RefreshRequest, refresh_rates
    from dashboard.services.serializers import all_refreshes_failed, refresh_results_json

    day = read_optional_day("since", since)
    request = RefreshRequest(tuple(series or ()), source, day, force)
    context = get_online_context("rates refresh")
    with listings.refresh_progress() as progress, silence_logs():
        results = refresh_rates(context.known, context.rate_cache, request, utc_now, progress)
    if as_json:
        output.print_json(refresh_results_json(results))
    else:
        listings.show_refresh_results(results)
    return EXIT_FAILED if all_refreshes_failed(results) else 0


def doctor(*, as_json: JsonOption = False) -> int:
    """Try every source and store and say what works; exit code 3 if something fails."""
    from dashboard.cli import listings, output
    from dashboard.services.health import diagnose, diagnose_feeds, diagnosis_json

    context = get_context()
    is_offline = context.settings.dashboard_offline
    with silence_logs():
        findings = diagnose(
            context.known, context.rate_cache, context.notes, utc_now, is_offline=is_offline
        )
    findings = (*findings, diagnose_feeds(context.feeds, context.inbox))
    if as_json:
        output.print_json(diagnosis_json(findings))
    else:
        listings.show_diagnosis(findings)
    return 0 if all(finding.works for finding in findings) else EXIT_FAILED


# ------------------------------------------------------------------ rates

rate_commands = command_group(deferred("List, refresh, export, import and remove rates."))
rate_commands.command("refresh")(refresh_rates_command)


@rate_commands.command("list")
def list_rates(
    *,
    include_all: Annotated[
        bool, Opt("--all", help=deferred("Also those of which nothing was fetched."))
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the series: how far each goes, how old it is, its licence, what went wrong."""
    from dashboard.cli import listings, output
    from dashboard.services.live_rates import imported_series_status, series_status
    from dashboard.services.serializers import series_json

    context = get_context()
    now = utc_now()
    statuses = (
        *series_status(context.known, context.rate_cache, now),
        *imported_series_status(context.own, now),
    )
    listed_statuses = [status for status in statuses if include_all or status.rows]
    if as_json:
        output.print_json([series_json(status) for status in listed_statuses])
    else:
        listings.show_series_status(listed_statuses, len(statuses) - len(listed_statuses))


@rate_commands.command("regimes")
def list_regimes(  # noqa: PLR0913 - the options of the contract
    series: Annotated[str, Arg(metavar="SERIES", help=deferred("As `rates list` prints it."))],
    *,
    kind: Annotated[
        Literal["volatility", "mean", "relation"], Opt(help=deferred("What breaks."))
    ] = "volatility",
    factor: Annotated[
        str | None, Opt(metavar="ID", help=deferred("The other series of a relation."))
    ] = None,
    trim: Annotated[
        Literal["5", "10", "15"],
        Opt(help=deferred("The least share of the moves that a regime has, in per cent.")),
    ] = "5",
    since: SinceOption = None,
    until: UntilOption = None,
    seed: SeedOption = 1,
    asof: AsOfOption = None,
    out: Annotated[
        Path | None, Opt(metavar="DIR", help=deferred("Write the CSVs and a manifest."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find the breaks of a series and say what it was like between them.

    Breaks of the volatility, of the mean move, or of the relation to a factor, each date with its
    95 % interval, next to changes of method and the events that came shortly before.
    """
    from dashboard.cli import listings, output
    from dashboard.cli.context import export_time, list_data_files, list_known_events
    from dashboard.services.exports import Provenance, write_tables
    from dashboard.services.rates import get_series
    from dashboard.services.regimes import RegimeRequest, find_regimes, regimes_json

    period = read_period(since, until)
    context = get_context(asof)
    selection = select_series(context, [series])
    other = get_series(context.rates, factor).between(*period) if factor else None
    request = RegimeRequest(kind, int(trim), seed)
    studied = selection.series[0].between(*period)
    answer = find_regimes(studied, list_known_events(context), request, other)
    if out is not None:
        parameters = {
            "series": studied.card.id, "kind": kind, "factor": factor, "trim": int(trim),
            "since": since, "until": until, "seed": seed, "asof": asof,
        }  # fmt: skip
        files = list_data_files(context, selection, [factor] if factor else [])
        made = Provenance(parameters, files, export_time(context))
        write_tables(out, {"regimes": [answer], "break_counts": [answer]}, made)
    if as_json:
        output.print_json(regimes_json(answer))
    else:
        listings.show_regimes(answer, out)


@rate_commands.command("search")
def search_series(
    text: Annotated[
        str,
        Arg(
            metavar="TEXT", help=deferred("A part of a name in English or Russian, or of a symbol.")
        ),
    ],
    *,
    online: Annotated[
        bool, Opt("--online", help=deferred("Ask the publishers too: MOEX, Bank of Russia, Yahoo."))
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Find series by name; every id it prints can be given to any option that takes a series."""
    from dashboard.cli import listings, output
    from dashboard.services.tickers import search_json, search_tickers

    context = get_online_context("rates search --online") if online else get_context()
    with silence_logs():
        result = search_tickers(context.known, text, online=online)
    if as_json:
        output.print_json(search_json(result))
    else:
        listings.show_search(result)


@rate_commands.command("export")
def export_rates(  # noqa: PLR0913 - the options of the contract
    file: TableFileArgument,
    *,
    rates: RatesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    excel: ExcelOption = False,
    dialect: DialectOption = "plain",
) -> None:
    """Write the rates of series as CSV or .xlsx, with the moment each was known."""
    from dashboard.services.exports import table_file

    first, last = read_period(since, until)
    selection = select_series(get_context(), rates)
    shown = [series.between(first, last) for series in selection.series]
    write_output(file, table_file("rates", shown, output_format(file, dialect, excel=excel)))


@rate_commands.command("import")
def import_rate_file(  # noqa: PLR0913 - the options of the contract
    file: CsvFileArgument,
    *,
    name: SeriesNameOption = "",
    title: SeriesTitleOption = "",
    quote: QuoteOption = "as-quoted",
    date: RateDateColumnOption = "",
    column: RateColumnOption = None,
    sheet: SheetOption = None,
    dates: RateDateOrderOption = None,
    zone: RateZoneOption = "",
    stamps: BarStampsOption = None,
    kind: KindOption = None,
    replace: ReplaceOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Import rates as series of your own, as their publisher wrote them; --dry-run only checks."""
    from dashboard.cli import output
    from dashboard.container import rates_from_file
    from dashboard.models.user_files import RateFileOptions
    from dashboard.services.rates import SeriesNaming, plan_rate_import

    options = RateFileOptions(
        quote=quote,
        columns=tuple(column) if column else None,
        date=date,
        sheet=sheet or "",
        dates=dates or "",
        zone=zone,
        stamps=stamps or "",
        kind=kind or "",
    )
    with rejection_as_json(as_json=as_json):
        table = rates_from_file(file, options)
        plan = plan_rate_import(table, SeriesNaming(name, title), utc_now().replace(microsecond=0))
        cards = () if dry_run else _import_plan(plan, replace=replace)
    if as_json:
        output.print_rate_import_report(plan.status, table.series, plan.messages, cards)
        return
    output.print_notices(plan.messages)
    output.show_series(table.series if dry_run else plan.series)


@rate_commands.command("record")
def record_quotes(  # noqa: PLR0913 - the options of the contract
    sources: Annotated[
        list[str],
        Arg(metavar="SERIES|URL…", help=deferred("Live series, or public addresses of JSON.")),
    ],
    *,
    json_path: Annotated[
        str,
        Opt(metavar="PATH", help=deferred("Where the number is in the JSON: markets.0.price.")),
    ] = "",
    name: SeriesNameOption = "",
    title: SeriesTitleOption = "",
    kind: KindOption = None,
    every: Annotated[int, Opt(metavar="MINUTES", help=deferred("The interval."))] = 60,
    once: Annotated[bool, Opt("--once", help=deferred("Record one number, then end."))] = False,
) -> int:
    """Record live quotes hourly as series of your own, each known when it was fetched.

    Nothing that was recorded is changed, and what was missed stays missing. Ctrl-C or SIGTERM ends
    it; started again, it goes on with the same series.
    """
    from dashboard.cli import output
    from dashboard.services.record import Recording, run_recorder, with_odds

    context = get_online_context("rates record")
    if name and len(sources) > 1:
        raise InputError(_("is for one source; leave it out"), field="name", value=name)
    recordings = [
        with_odds(
            Recording(
                name or _name_recording(source),
                title or source,
                f"{source} {json_path}".strip(),
                _quote_fetcher(context, source, json_path),
                every,
                kind if kind and kind != "price" else "",
            )
        )
        for source in sources
    ]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_args: stop.set())
    with ExitStack() as locks:
        for recording in recordings:
            if not locks.enter_context(context.alerts.watch_lock(f"record-{recording.id}")):
                msg = _("another process records {id}; stop it first", id=recording.id)
                raise StoreError(msg)
        done = [_record(context, recording, stop.wait) for recording in recordings]
        if once:
            return EXIT_FAILED if any(each.problem for each in done) else 0
        output.print_line(_("Recording every {count} minutes; Ctrl-C ends it.", count=every))
        sys.stdout.flush()
        run_recorder(recordings, lambda each: _record(context, each, stop.wait), stop)
    return 0


def _record(context: AppContext, recording: Recording, wait: Callable[[float], bool]) -> Recorded:
    """Record a number, and say it, its gap, or why there is none."""
    from dashboard.cli import output
    from dashboard.services.record import record_once

    done = record_once(context.own, recording, utc_now, wait)
    at = f"{done.at:%Y-%m-%d %H:%M:%S} UTC"
    if done.problem:
        output.print_notices(
            [_("{id}: nothing recorded at {at}: {problem}", id=recording.id, at=at,
               problem=done.problem)]
        )  # fmt: skip
        return done
    if done.gap:
        hours = done.gap.total_seconds() / 3_600
        output.print_notices(
            [_("{id}: nothing was recorded for {hours:.1f} hours before; it stays missing",
               id=recording.id, hours=hours)]
        )  # fmt: skip
    output.print_line(_("{at}  {id}  {value:g}", at=at, id=recording.id, value=done.value))
    sys.stdout.flush()
    return done


def _name_recording(source: str) -> str:
    """An id from a series, or from the host and path of an address."""
    words = re.findall(r"[a-z0-9]+", source.casefold().partition("://")[2] or source.casefold())
    return "_".join(words)[:60].strip("_") or "quote"


def _quote_fetcher(context: AppContext, source: str, json_path: str) -> Callable[[], float]:
    """What fetches the present number of a source.

    Raises:
        InputError: an address has no path to its number, or a series has one.
    """
    from dashboard.container import fetch_json
    from dashboard.services.live_rates import fetch_quote
    from dashboard.services.record import read_json_number

    is_address = "://" in source
    if is_address != bool(json_path):
        msg = (
            _("say where the number is in the JSON, as markets.0.price")
            if is_address
            else _("is for an address; leave it out")
        )
        raise InputError(msg, field="json_path", value=json_path)
    if is_address:
        return lambda: read_json_number(fetch_json(source, context.settings), json_path)
    return lambda: fetch_quote(context.known, context.rate_cache, source, utc_now)


@rate_commands.command("remove")
def remove_imported_rates(series: SeriesIdArgument, *, as_json: JsonOption = False) -> None:
    """Remove a series of your own for good."""
    from dashboard.cli import output
    from dashboard.services.rates import delete_imported_rates

    context = get_context()
    removed = delete_imported_rates(context.own, series)
    context.notes.audit.write("rates-remove", removed)
    if as_json:
        output.print_json({"removed": removed})
    else:
        output.print_line(_("{id} removed", id=removed))


def _import_plan(plan: RateImportPlan, *, replace: bool) -> tuple[SeriesCard, ...]:
    from dashboard.services.rates import audit_state_of_import, import_rates

    context = get_context()
    cards = import_rates(context.own, plan, replace=replace)
    context.notes.audit.write("rates-import", *audit_state_of_import(plan))
    return cards
