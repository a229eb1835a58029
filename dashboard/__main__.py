"""`python -m dashboard …` runs the command line; `open` serves the pages."""

from __future__ import annotations

from dashboard.cli import main


def serve(port: int | None, *, open_browser: bool, with_token: bool) -> None:
    """Serve the pages; the application is imported only then."""
    from dashboard.app import serve as serve_pages

    serve_pages(port, open_browser=open_browser, with_token=with_token)


def run_command_line() -> None:
    """Entry point of the installed command `rouble-reaction`."""
    main(serve)


if __name__ == "__main__":
    run_command_line()
