"""`python -m dashboard …` runs the command line; `open` serves the pages."""

from __future__ import annotations

from dashboard.cli import main


def serve(port: int, *, open_browser: bool) -> None:
    """Open the browser door, which is imported only then."""
    from dashboard.app import serve as serve_pages

    serve_pages(port, open_browser=open_browser)


if __name__ == "__main__":
    main(serve)
