"""Dependencies of the routes: the token of a request, and the context as its person sees it.

Reading needs no token and then gives what is shared; the token of a person gives the private notes
of that person too. Writing needs a valid token, and never the page of another site.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Final, TypeAlias
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from dashboard.api.errors import Problem
from dashboard.container import AppContext, build_context, context_as_of, context_for
from dashboard.models.errors import RateLimited
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.people import IDENTITY_KEY, Action, Reader, Role, Scope
from dashboard.models.records import AccessToken
from dashboard.models.series import RateSeries, read_as_of
from dashboard.services.admin import authenticate_token, record_refused_token
from dashboard.services.notes import all_events
from dashboard.services.people import VISITOR
from dashboard.services.rates import get_series
from dashboard.services.schedule import scheduled_events

_BEARER_SCHEME: Final = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="Made with `python -m dashboard tokens create NAME`; reading needs none, and gives"
    " the private notes of the person of a token with it.",
)
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="Rouble Reaction"'}
_INVALID_TOKEN: Final = {
    "WWW-Authenticate": 'Bearer realm="Rouble Reaction", error="invalid_token"'
}

_INSUFFICIENT_SCOPE: Final = {
    "WWW-Authenticate": 'Bearer realm="Rouble Reaction", error="insufficient_scope", scope="write"'
}


@lru_cache(maxsize=1)
def get_live_context() -> AppContext:
    """The context of this process; the store opens at its first use."""
    return build_context(interface="api")


LiveContext: TypeAlias = Annotated[AppContext, Depends(get_live_context)]


def read_token(request: Request, live: LiveContext) -> AccessToken | None:
    """The token of the request, looked up anew each time; None where it has none.

    Raises:
        Problem: 401, the token is unknown, expired or revoked; that is on record.
    """
    if live.access.policy.is_public:  # nobody is somebody here
        return None
    scheme, _separator, secret = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    secret = secret.strip()
    token = authenticate_token(live.notes.tokens, secret)
    if token is None:
        _record_refusal(live, secret)
        detail = _("Authorization: this token is unknown, expired or revoked; make a new one")
        raise Problem(401, detail, headers=_INVALID_TOKEN)
    return token


def _record_refusal(live: AppContext, secret: str) -> None:
    try:
        live.limits.take("", "refusal")
    except RateLimited:  # a flood of them must not fill the audit trail
        return
    record_refused_token(live.notes.tokens, live.notes.for_user("").audit, secret)


RequestToken: TypeAlias = Annotated[AccessToken | None, Depends(read_token)]


def get_reader(request: Request, live: LiveContext, token: RequestToken) -> Reader:
    """Who asks: the person of the token, else the one who is signed in, else nobody.

    Raises:
        SignInRequired: people sign in here, and nobody did.
        Forbidden: the person has no role.
    """
    if token is not None:
        reader = live.access.reader_of_token(token.person, token.scope)
        live.access.authorize(reader, Action.READ)
        return reader
    if live.access.policy.is_required:
        return live.access.enter(request.scope.get(IDENTITY_KEY))
    return Reader("", Role.VIEWER)


RequestReader: TypeAlias = Annotated[Reader, Depends(get_reader)]


def get_context(request: Request, live: LiveContext, reader: RequestReader) -> AppContext:
    """The context as the reader may use it, live or as of the request's `asof`.

    Raises:
        InputError: `asof` is no moment.
    """
    asof = request.query_params.get("asof")
    context = live if asof is None else context_as_of(live, read_as_of("asof", asof))
    return context_for(context, reader)


Context: TypeAlias = Annotated[AppContext, Depends(get_context)]


def reject_cross_site(request: Request) -> None:
    """Refuse a request that a browser sends for the page of another site, token or not.

    Browsers say so in Sec-Fetch-Site, older ones in Origin; programs send neither. Requests
    under a host name that is not ours never come this far.
    """
    site = request.headers.get("sec-fetch-site", "none")
    origin = request.headers.get("origin")
    cross_site = (
        origin is not None and _origin_host(origin) != request.headers.get("host", "").lower()
    )
    if cross_site or site not in {"same-origin", "none"}:
        raise Problem(403, _("Origin: the pages of other sites may not write here"))


def _origin_host(origin: str) -> str:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in {"http", "https"} else ""


def require_token(
    _same_site: Annotated[None, Depends(reject_cross_site)],
    live: LiveContext,
    token: RequestToken,
    _given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER_SCHEME)],
) -> AccessToken:
    """The valid token of a writing request, of a person who may write notes.

    Raises:
        Problem: 401, there is none; 403, it may only read.
        Forbidden: the role of its person does not include notes.
    """
    live.access.authorize(VISITOR, Action.NOTE if live.access.policy.is_public else Action.READ)
    if token is None:
        raise Problem(
            401, _("Authorization: writing needs a token; send Bearer rr_…"), headers=_CHALLENGE
        )
    if token.scope is not Scope.WRITE:
        detail = _("Authorization: this token may only read; take one with the scope write")
        raise Problem(403, detail, headers=_INSUFFICIENT_SCOPE)
    reader = live.access.reader_of_token(token.person, token.scope)
    live.access.authorize(reader, Action.NOTE)
    return replace(token, person=reader.person)


WriterToken: TypeAlias = Annotated[AccessToken, Depends(require_token)]


def known_events(context: AppContext) -> tuple[Event, ...]:
    """The catalogue and the notes."""
    return all_events(context.catalogue, context.notes)


def list_scheduled(context: AppContext) -> tuple[Event, ...]:
    """The events of calendars, past ones too."""
    return scheduled_events(context.schedule, context.inbox, context.feeds.publishers())


def get_series_list(context: AppContext, ids: list[str]) -> list[RateSeries]:
    """The series of these ids, each once, in the order requested.

    Raises:
        InputError: an id is not known.
    """
    return [get_series(context.rates, series_id) for series_id in dict.fromkeys(ids)]
