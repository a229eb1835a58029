"""Commands of rates: list, refresh, import, export, remove, and the diagnosis of every source."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from dashboard.cli.context import get_context, rejection_as_json, select_series, write_output
from dashboard.cli.options import (
    BarStampsOption,
    CsvFileArgument,
    DryRunOption,
    ExcelOption,
    JsonOption,
    Opt,
    OutputFileArgument,
    QuoteOption,
    RateDateOrderOption,
    RatesOption,
    RateZoneOption,
    ReplaceOption,
    SeriesIdArgument,
    SeriesNameOption,
    SeriesTitleOption,
    SinceOption,
    Texts,
    UntilOption,
    command_group,
)
from dashboard.models.errors import InputError

if TYPE_CHECKING:
    from dashboard.container import AppContext
    from dashboard.models.series import SeriesCard
    from dashboard.services.rates import RateImportPlan


# ------------------------------------------------------------
# The commands that ask the network: refresh the rates, try every source and store.


EXIT_FAILED = 3


def refresh_rates_command(
    *,
    source: Annotated[str, Opt(metavar="ID", help="Only this source: cbr, moex, ecb …")] = "",
    series: Annotated[Texts, Opt(metavar="ID", help="Only this series; repeatable.")] = None,
    since: Annotated[
        str | None, Opt(metavar="DATE", help="Read everything from this day on again.")
    ] = None,
    force: Annotated[bool, Opt("--force", help="Ask also what was asked a moment ago.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Fetch what is new from the publishers; what fails is told and loses nothing.

    Bars are fetched where --series names them, and then kept up. Exit code 0 as soon as one of
    the series asked for has come (--json says which have not), 3 where none has.
    """
    from dashboard.cli import listings, output, parsing
    from dashboard.services.live_rates import RefreshRequest, refresh_rates
    from dashboard.services.serializers import all_refreshes_failed, refresh_results_json

    day = parsing.read_optional_day("since", since)
    request = RefreshRequest(tuple(series or ()), source, day, force)
    parts = _online_context()
    with listings.refresh_progress() as progress, _silence_logs():
        results = refresh_rates(parts.known, parts.rate_cache, request, _utc_now, progress)
    if as_json:
        output.print_json(refresh_results_json(results))
    else:
        listings.show_refresh_results(results)
    return EXIT_FAILED if all_refreshes_failed(results) else 0


def doctor(*, as_json: JsonOption = False) -> int:
    """Try every source and store and say in words what works; exit code 3 if something fails."""
    from dashboard.cli import listings, output
    from dashboard.services.health import diagnose, diagnose_feeds, diagnosis_json

    parts = get_context()
    is_offline = parts.settings.dashboard_offline
    with _silence_logs():
        found = diagnose(
            parts.known, parts.rate_cache, parts.notes, _utc_now, is_offline=is_offline
        )
    found = (*found, diagnose_feeds(parts.feeds, parts.inbox))
    if as_json:
        output.print_json(diagnosis_json(found))
    else:
        listings.show_diagnosis(found)
    return 0 if all(one.works for one in found) else EXIT_FAILED


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _online_context() -> AppContext:
    parts = get_context()
    if parts.settings.dashboard_offline:
        msg = "rates refresh: DASHBOARD_OFFLINE is set, so nothing is asked; unset it to refresh"
        raise InputError(msg)
    return parts


@contextmanager
def _silence_logs() -> Iterator[None]:
    """Keep the log off the terminal: what it says of a failure, the answer says too."""
    silent = logging.NullHandler()
    logs = [logging.getLogger(name) for name in ("dashboard.rates", "yfinance")]
    for log in logs:
        log.addHandler(silent)
    try:
        yield
    finally:
        for log in logs:
            log.removeHandler(silent)


# ------------------------------------------------------------
# The commands about rates.


rate_commands = command_group("List, refresh, export, import and remove rates.")
rate_commands.command("refresh")(refresh_rates_command)


@rate_commands.command("list")
def list_rates(
    *,
    every: Annotated[bool, Opt("--all", help="Also those of which nothing was fetched.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the series: how far each goes, how old it is, its licence, what went wrong."""
    from dashboard.cli import listings, output
    from dashboard.services.live_rates import imported_series_status, series_status
    from dashboard.services.serializers import series_json

    parts = get_context()
    now = datetime.now(UTC)
    reports = (
        *series_status(parts.known, parts.rate_cache, now),
        *imported_series_status(parts.own, now),
    )
    listed = [each for each in reports if every or each.rows]
    if as_json:
        output.print_json([series_json(each) for each in listed])
    else:
        listings.show_series_status(listed, len(reports) - len(listed))


@rate_commands.command("export")
def export_rates(
    file: OutputFileArgument,
    *,
    rates: RatesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    excel: ExcelOption = False,
) -> None:
    """Write the rates of series as CSV, with the moment each was known."""
    from dashboard.cli import parsing
    from dashboard.services.exports import rates_csv

    first, last = (
        parsing.read_optional_day("since", since),
        parsing.read_optional_day("until", until),
    )
    chosen = select_series(get_context(), rates)
    write_output(file, rates_csv(chosen.series, first, last, "excel" if excel else "plain"))


@rate_commands.command("import")
def import_rate_file(  # noqa: PLR0913 - what a file cannot say of itself
    file: CsvFileArgument,
    *,
    name: SeriesNameOption = "",
    title: SeriesTitleOption = "",
    quote: QuoteOption = "as-quoted",
    dates: RateDateOrderOption = None,
    zone: RateZoneOption = "",
    stamps: BarStampsOption = None,
    replace: ReplaceOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Keep a CSV of rates as series of your own: `date,<series>…`; with --dry-run only check it."""
    from dashboard.cli import output
    from dashboard.container import rates_from_file
    from dashboard.models.user_files import RateFileOptions
    from dashboard.services.rates import SeriesNaming, plan_rate_import

    reading = RateFileOptions(quote, dates=dates or "", zone=zone, stamps=stamps or "")
    with rejection_as_json(as_json=as_json):
        table = rates_from_file(file, reading)
        plan = plan_rate_import(
            table, SeriesNaming(name, title), datetime.now(UTC).replace(microsecond=0)
        )
        kept = () if dry_run else _import_plan(plan, replace=replace)
    if as_json:
        output.print_rate_import_report(plan.status, table.series, plan.messages, kept)
        return
    output.print_notices(plan.messages)
    output.show_series(table.series if dry_run else plan.series)


@rate_commands.command("remove")
def remove_imported_rates(series: SeriesIdArgument, *, as_json: JsonOption = False) -> None:
    """Remove a series of your own for good."""
    from dashboard.cli import output
    from dashboard.services.rates import delete_imported_rates

    parts = get_context()
    removed = delete_imported_rates(parts.own, series)
    parts.notes.audit.write("rates-remove", removed)
    if as_json:
        output.print_json({"removed": removed})
    else:
        output.print_line(f"{removed} removed")


def _import_plan(plan: RateImportPlan, *, replace: bool) -> tuple[SeriesCard, ...]:
    from dashboard.services.rates import audit_state_of_import, import_rates

    parts = get_context()
    kept = import_rates(parts.own, plan, replace=replace)
    parts.notes.audit.write("rates-import", *audit_state_of_import(plan))
    return kept
