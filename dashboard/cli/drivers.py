"""The command drivers: a continuous series against a rate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from dashboard.cli import options
from dashboard.cli.context import (
    FileReading,
    export_time,
    get_context,
    list_data_files,
    select_series,
)
from dashboard.cli.options import JsonOption, KindOption, Opt, Texts
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _

if TYPE_CHECKING:
    from dashboard.models.series import RateSeries


def drivers(  # noqa: PLR0913 - the options of the contract
    *,
    driver: Annotated[
        str,
        Opt(
            "--driver",
            metavar="ID|FILE",
            help=deferred(
                "The driver: a series, or a file of odds, tone, volume, an index or a price."
            ),
        ),
    ],
    rates: options.RatesOption = None,
    quote: options.QuoteOption = "as-quoted",
    kind: KindOption = None,
    column: Annotated[
        str, Opt("--driver-column", help=deferred("The column of a FILE of drivers."))
    ] = "",
    zone: options.RateZoneOption = "",
    change: Annotated[
        str,
        Opt(
            metavar="log|difference|logit|level",
            help=deferred("What enters of the driver; by default what its card says."),
        ),
    ] = "",
    lags: Annotated[
        int, Opt(help=deferred("The cross-correlation goes from minus to plus so many rates."))
    ] = 5,
    window: Annotated[int, Opt(help=deferred("Rates in a window of the rolling relation."))] = 120,
    split: Annotated[
        Texts, Opt(metavar="DATE", help=deferred("Split the sample on this day; repeatable."))
    ] = None,
    breaks: Annotated[
        bool,
        Opt("--breaks/--no-breaks", help=deferred("Split at the method breaks of the rate.")),
    ] = True,
    since: options.SinceOption = None,
    until: options.UntilOption = None,
    seed: options.SeedOption = 1,
    asof: options.AsOfOption = None,
    out: Annotated[
        Path | None, Opt(metavar="DIR", help=deferred("Write the CSVs and a manifest."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a rate did after changes of a driver: odds, tone, volume, an index or a price.

    Changes are set against changes, matched by the clock of each series; a number of the driver
    that was known after a rate counts at the next. What is found is no cause.
    """
    from dashboard.cli import output
    from dashboard.models.drivers import DriverRequest
    from dashboard.services.drivers import driver_json, run_driver, write_driver
    from dashboard.services.exports import Provenance

    first, last = options.read_period(since, until)
    request = DriverRequest(
        measure=change,  # type: ignore[arg-type]  # checked when it is made
        lags=lags,
        window=window,
        splits=tuple(options.read_day("split", day) for day in split or ()),
        at_breaks=breaks,
        since=first,
        until=last,
        seed=seed,
    )
    context = get_context(asof)
    rate_selection = select_series(context, rates, quote)
    columns = ([column] if column else None, None)
    reading = FileReading(zone=zone, kind=kind or "")
    driver_selection = select_series(context, [driver], columns=columns, reading=reading)
    chosen = _only("rates", rate_selection.series), _only("driver-column", driver_selection.series)
    answer = run_driver(*chosen, request)
    if out is not None:
        files = list_data_files(context, rate_selection, ())
        more = list_data_files(context, driver_selection, ())
        given: dict[str, Any] = {} if asof is None else {"asof": asof}
        write_driver(out, answer, Provenance(given, (*files, *more), export_time(context)))
    if as_json:
        output.print_json(driver_json(answer))
        return
    output.show_driver(answer)
    if out is not None:
        output.print_line(_("written to {out}", out=out))


def _only(field: str, series: tuple[RateSeries, ...]) -> RateSeries:
    if len(series) != 1:
        known = ", ".join(item.card.id for item in series)
        raise InputError(_("choose one of {known}", known=known), field=field)
    return series[0]
