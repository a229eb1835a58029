"""The commands about rates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from dashboard.cli.groups import group
from dashboard.cli.house import chosen_series, give_file, parts_of_house, rejected_as_json
from dashboard.cli.live import refresh_rates
from dashboard.cli.options import (
    AsJson,
    DryRun,
    Excel,
    InFile,
    Opt,
    OutFile,
    RatesOf,
    Since,
    Until,
)
from dashboard.domain.errors import InputError

commands = group("List, refresh, export and check rates.")
commands.command("refresh")(refresh_rates)


@commands.command("list")
def list_rates(
    *,
    every: Annotated[bool, Opt("--all", help="Also those of which nothing was fetched.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the series: how far each goes, how old it is, its licence, what went wrong."""
    from dashboard.services.report_rates import report_rates
    from dashboard.services.shell_json import series_report_json
    from dashboard.ui import terminal, terminal_live

    parts = parts_of_house()
    reports = report_rates(parts.known, parts.memory, datetime.now(UTC))
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
def check_rate_file(file: InFile, *, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Check a CSV of rates as `--rates FILE` reads it; only with --dry-run."""
    from dashboard.assembly import rates_from_file
    from dashboard.services.shell_json import rate_rows_of_file
    from dashboard.ui import terminal

    if not dry_run:
        msg = "rates import: only checks a file, with --dry-run; use a file as --rates FILE"
        raise InputError(msg)
    with rejected_as_json(as_json=as_json):
        table = rates_from_file(file)
    if as_json:
        rows = rate_rows_of_file(table.series)
        terminal.show_report("warn" if table.messages else "accept", rows, table.messages)
        return
    terminal.mention(table.messages)
    terminal.show_series(table.series)
