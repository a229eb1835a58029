"""The API application: its routers and its error handlers.

There are no documentation pages, because the usual ones load scripts from elsewhere; the
OpenAPI description is at /api/openapi.json.
"""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI

from dashboard import __version__
from dashboard.api.errors import default_problem_responses, install_error_handlers
from dashboard.api.routes import events, notes, rates, study

DESCRIPTION: Final = (
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
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        responses=default_problem_responses(),
    )
    for router in (
        rates.rates_router,
        events.router,
        notes.router,
        rates.sources_router,
        study.router,
        rates.facts_router,
    ):
        app.include_router(router, prefix="/v1")
    install_error_handlers(app)
    return app
