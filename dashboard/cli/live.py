"""The commands that ask the network: refresh the rates, try every source and store."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from dashboard.cli.house import parts_of_house
from dashboard.cli.options import AsJson, Many, Opt
from dashboard.domain.errors import InputError

if TYPE_CHECKING:
    from dashboard.assembly import Parts

FAILED = 3


def refresh_rates(
    *,
    source: Annotated[str, Opt(metavar="ID", help="Only this source: cbr, moex, ecb …")] = "",
    series: Annotated[Many, Opt(metavar="ID", help="Only this series; repeatable.")] = None,
    since: Annotated[
        str | None, Opt(metavar="DATE", help="Read everything from this day on again.")
    ] = None,
    force: Annotated[bool, Opt("--force", help="Ask also what was asked a moment ago.")] = False,
    as_json: AsJson = False,
) -> int:
    """Fetch what is new from the publishers; what fails is told and loses nothing.

    Bars are fetched where --series names them, and then kept up. Exit code 0 as soon as one of
    the series asked for has come (--json says which have not), 3 where none has.
    """
    from dashboard.services.refresh_rates import RefreshRequest, refresh_rates
    from dashboard.services.shell_json import nothing_came, refreshed_json
    from dashboard.ui import terminal, terminal_live, typed

    day = typed.read_day_if("--since", since)
    request = RefreshRequest(tuple(series or ()), source, day, force)
    parts = _parts_on_line()
    with terminal_live.progress_bar() as progress, _told_once():
        results = refresh_rates(parts.known, parts.memory, request, _now, progress)
    if as_json:
        terminal.show_json(refreshed_json(results))
    else:
        terminal_live.show_refreshed(results)
    return FAILED if nothing_came(results) else 0


def doctor(*, as_json: AsJson = False) -> int:
    """Try every source and store and say in words what works; exit code 3 if something fails."""
    from dashboard.services.diagnose import diagnose, diagnosis_json
    from dashboard.services.diagnose_feeds import diagnose_feeds
    from dashboard.ui import terminal, terminal_live

    parts = parts_of_house()
    is_offline = parts.settings.dashboard_offline
    with _told_once():
        found = diagnose(parts.known, parts.memory, parts.notes, _now, is_offline=is_offline)
    found = (*found, diagnose_feeds(parts.feeds, parts.inbox))
    if as_json:
        terminal.show_json(diagnosis_json(found))
    else:
        terminal_live.show_findings(found)
    return 0 if all(one.works for one in found) else FAILED


def _now() -> datetime:
    return datetime.now(UTC)


def _parts_on_line() -> Parts:
    parts = parts_of_house()
    if parts.settings.dashboard_offline:
        msg = "rates refresh: DASHBOARD_OFFLINE is set, so nothing is asked; unset it to refresh"
        raise InputError(msg)
    return parts


@contextmanager
def _told_once() -> Iterator[None]:
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
