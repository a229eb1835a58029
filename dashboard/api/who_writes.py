"""Who writes: a program with a token that holds now, and never the page of another site."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from dashboard.api.house import House
from dashboard.api.problems import Problem
from dashboard.domain.access_token import AccessToken
from dashboard.services.keep_tokens import find_writer

_bearer: Final = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="Made with `python -m dashboard tokens create NAME`; reading needs none.",
)
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="Rouble Reaction"'}
_REFUSED: Final = {"WWW-Authenticate": 'Bearer realm="Rouble Reaction", error="invalid_token"'}


def refuse_other_sites(request: Request) -> None:
    """Refuse a request that a browser sends for the page of another site, token or not.

    Browsers say so in Sec-Fetch-Site, older ones in Origin; programs send neither. Requests
    under a host name that is not ours never come this far.
    """
    site = request.headers.get("sec-fetch-site", "none")
    origin = request.headers.get("origin")
    foreign = origin is not None and _authority(origin) != request.headers.get("host", "").lower()
    if foreign or site not in {"same-origin", "none"}:
        raise Problem(403, "Origin: the pages of other sites may not write here")


def the_writer(
    request: Request,
    house: House,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> AccessToken:
    """The token of the request, looked up anew each time, so that a revoked one is refused."""
    refuse_other_sites(request)
    if given is None:
        raise Problem(
            401, "Authorization: writing needs a token; send Bearer rr_…", headers=_CHALLENGE
        )
    token = find_writer(house.notes.beside, given.credentials)
    if token is None:
        told = "Authorization: this token is unknown, expired or revoked; make a new one"
        raise Problem(401, told, headers=_REFUSED)
    return token


Writer: TypeAlias = Annotated[AccessToken, Depends(the_writer)]


def _authority(origin: str) -> str:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in {"http", "https"} else ""
