"""The API application: its routers and its error handlers.

There are no documentation pages, because the usual ones load scripts from elsewhere; the
OpenAPI description is at /api/openapi.json.
"""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import __version__
from dashboard.api.errors import default_problem_responses, install_error_handlers
from dashboard.api.routes import baskets, charts, events, feeds, notes, rates, study
from dashboard.models.messages import choose_language, current_language, use_language
from dashboard.services.pictures import PICTURES

DESCRIPTION: Final = (
    "What the news did to the exchange rate of the rouble. The CSV files are those of the pages"
    " and of the command line, byte for byte. Moves are the rouble's: positive = stronger."
    " Lists in JSON come in pages: follow the Link header. Errors are RFC 9457 problem details."
    " Reading needs nothing and gives what is shared; with the token of a person it gives the"
    " private notes of that person too. Writing needs a token, and the revision that was read in"
    " If-Match."
)
MAX_LANGUAGES: Final = 20
"""Of an `Accept-Language`; what follows is ignored."""


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
    app.state.pictures = PICTURES
    for router in (
        rates.rates_router,
        feeds.router,
        events.router,
        notes.router,
        baskets.router,
        rates.sources_router,
        study.router,
        rates.facts_router,
        charts.router,
    ):
        app.include_router(router, prefix="/v1")
    install_error_handlers(app)
    app.add_middleware(LanguageMiddleware)
    return app


class LanguageMiddleware:
    """Answers in the first language of `Accept-Language` that has messages.

    Without the header, or with other languages only, it is the language of the process.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        accepted = Headers(scope=scope).get("accept-language", "") if "headers" in scope else ""
        language = choose_language(parse_accept_language(accepted)) or current_language()
        with use_language(language):
            await self.app(scope, receive, send)


def parse_accept_language(header: str) -> list[str]:
    """The language tags of an `Accept-Language`, the most wanted first."""
    wanted: list[tuple[float, str]] = []
    for part in header.split(",")[:MAX_LANGUAGES]:
        tag, _separator, params = part.partition(";")
        name, _equals, text = params.partition("=")
        try:
            quality = float(text) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        if tag.strip() and quality > 0:
            wanted.append((-quality, tag.strip()))
    return [tag for _quality, tag in sorted(wanted, key=lambda item: item[0])]
