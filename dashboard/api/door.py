"""The application behind the network door: its routes and its calm errors.

There are no documentation pages, because the usual ones load scripts from elsewhere; the
description for machines is at /api/openapi.json.
"""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI

from dashboard import __version__
from dashboard.api import events, facts, rates, sources, study, writing
from dashboard.api.problems import add_problem_answers, openapi_problem

ABOUT: Final = (
    "What the news did to the exchange rate of the rouble. The CSV files are those of the pages"
    " and of the command line, byte for byte. Moves are the rouble's: positive = stronger."
    " Lists in JSON come in pages: follow the Link header. Errors are RFC 9457 problem details."
    " Reading needs nothing; writing needs a token, and the revision that was read in If-Match."
)


def build_app() -> FastAPI:
    """The application, ready to be mounted under /api."""
    app = FastAPI(
        title="Rouble Reaction",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        responses=openapi_problem(),
    )
    for room in (rates, events, writing, sources, study, facts):
        app.include_router(room.router, prefix="/v1")
    add_problem_answers(app)
    return app
