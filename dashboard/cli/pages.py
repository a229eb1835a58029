"""The command that opens the pages."""

from __future__ import annotations

from typing import Annotated

import typer


def open_pages(
    context: typer.Context,
    *,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="TCP port.")] = 8501,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open a browser.")
    ] = False,
) -> None:
    """Open the dashboard in the browser; it is served to this machine only."""
    try:
        context.obj(port, open_browser=not no_browser)
    except SystemExit as stop:
        raise typer.Exit(3 if stop.code else 0) from None
