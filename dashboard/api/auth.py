"""Authentication of writing requests: a valid bearer token, never the page of another site."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from dashboard.api.dependencies import Context
from dashboard.api.errors import Problem
from dashboard.models.messages import translate as _
from dashboard.models.records import AccessToken
from dashboard.services.admin import authenticate_token

_BEARER_SCHEME: Final = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="Made with `python -m dashboard tokens create NAME`; reading needs none.",
)
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="Rouble Reaction"'}
_INVALID_TOKEN: Final = {
    "WWW-Authenticate": 'Bearer realm="Rouble Reaction", error="invalid_token"'
}


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


def require_token(
    request: Request,
    context: Context,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER_SCHEME)],
) -> AccessToken:
    """The token of the request, looked up anew each time, so that a revoked one is refused."""
    reject_cross_site(request)
    if given is None:
        raise Problem(
            401, _("Authorization: writing needs a token; send Bearer rr_…"), headers=_CHALLENGE
        )
    token = authenticate_token(context.notes.tokens, given.credentials)
    if token is None:
        detail = "Authorization: this token is unknown, expired or revoked; make a new one"
        raise Problem(401, detail, headers=_INVALID_TOKEN)
    return token


WriterToken: TypeAlias = Annotated[AccessToken, Depends(require_token)]


def _origin_host(origin: str) -> str:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in {"http", "https"} else ""
