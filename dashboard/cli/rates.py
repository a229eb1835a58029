"""The commands about rates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from dashboard.cli.groups import group
from dashboard.cli.house import chosen_series, give_file, parts_of_house, rejected_as_json
from dashboard.cli.live import refresh_rates
from dashboard.cli.options import (
    AsJson,
    DatesOf,
    DryRun,
    Excel,
    InFile,
    Opt,
    OutFile,
    OwnName,
    OwnTitle,
    QuoteOf,
    RatesOf,
    RateZone,
    Replace,
    SeriesId,
    Since,
    StampsOf,
    Until,
)

if TYPE_CHECKING:
    from dashboard.domain.series import SeriesCard
    from dashboard.services.import_rates import RatePlan

commands = group("List, refresh, export, import and remove rates.")
commands.command("refresh")(refresh_rates)


@commands.command("list")
def list_rates(
    *,
    every: Annotated[bool, Opt("--all", help="Also those of which nothing was fetched.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the series: how far each goes, how old it is, its licence, what went wrong."""
    from dashboard.services.report_rates import report_own, report_rates
    from dashboard.services.shell_json import series_report_json
    from dashboard.ui import terminal, terminal_live

    parts = parts_of_house()
    now = datetime.now(UTC)
    reports = (*report_rates(parts.known, parts.memory, now), *report_own(parts.own, now))
    listed = [each for each in reports if every or each.rows]
    if as_json:
        terminal.show_json([series_report_json(each) for each in listed])
    else:
        terminal_live.show_reports(listed, len(reports) - len(listed))


@commands.command("export")
def export_rates(
    file: OutFile,
    *,
    rates: RatesOf = None,
    since: Since = None,
    until: Until = None,
    excel: Excel = False,
) -> None:
    """Write the rates of series as CSV, with the moment each was known."""
    from dashboard.services.export_tables import rates_csv
    from dashboard.ui import typed

    first, last = typed.read_day_if("--since", since), typed.read_day_if("--until", until)
    chosen = chosen_series(parts_of_house(), rates)
    give_file(file, rates_csv(chosen.series, first, last, "excel" if excel else "plain"))


@commands.command("import")
def import_rate_file(  # noqa: PLR0913 - what a file cannot say of itself
    file: InFile,
    *,
    name: OwnName = "",
    title: OwnTitle = "",
    quote: QuoteOf = "as-quoted",
    dates: DatesOf = None,
    zone: RateZone = "",
    stamps: StampsOf = None,
    replace: Replace = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Keep a CSV of rates as series of your own: `date,<series>…`; with --dry-run only check it."""
    from dashboard.assembly import rates_from_file
    from dashboard.domain.rate_file import RateReading
    from dashboard.services.import_rates import Naming, plan_import
    from dashboard.ui import terminal

    reading = RateReading(quote, dates=dates or "", zone=zone, stamps=stamps or "")
    with rejected_as_json(as_json=as_json):
        table = rates_from_file(file, reading)
        plan = plan_import(table, Naming(name, title), datetime.now(UTC).replace(microsecond=0))
        kept = () if dry_run else _keep(plan, replace=replace)
    if as_json:
        terminal.show_rate_report(plan.status, table.series, plan.messages, kept)
        return
    terminal.mention(plan.messages)
    terminal.show_series(table.series if dry_run else plan.series)


@commands.command("remove")
def remove_own_rates(series: SeriesId, *, as_json: AsJson = False) -> None:
    """Remove a series of your own for good."""
    from dashboard.services.import_rates import remove_rates
    from dashboard.ui import terminal

    parts = parts_of_house()
    removed = remove_rates(parts.own, series)
    parts.notes.beside.put_on_record("rates-remove", removed)
    if as_json:
        terminal.show_json({"removed": removed})
    else:
        terminal.say(f"{removed} removed")


def _keep(plan: RatePlan, *, replace: bool) -> tuple[SeriesCard, ...]:
    from dashboard.services.import_rates import keep_rates, told_of_import

    parts = parts_of_house()
    kept = keep_rates(parts.own, plan, replace=replace)
    parts.notes.beside.put_on_record("rates-import", *told_of_import(plan))
    return kept
