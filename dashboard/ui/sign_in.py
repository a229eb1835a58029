"""Sign-in: who a browser belongs to, by the claims of a provider or the headers of a proxy.

Streamlit signs people in with OpenID Connect and keeps what the identity token says in a signed
cookie; of a trusted proxy it takes the headers. Here both become an `Identity`. `SignInGate` stands
before everything that is no page: pages ask for the sign-in themselves.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection

from dashboard.models.errors import RoubleReactionError
from dashboard.models.messages import translate as _
from dashboard.models.people import IDENTITY_KEY, Forbidden, Identity, SignInRequired
from dashboard.services.people import identity_name
from dashboard.ui.http_security import problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from dashboard.config import Settings

PROXY_HEADERS: Final = {
    "X-Forwarded-Email": "email",
    "X-Forwarded-User": "sub",
    "X-Forwarded-Preferred-Username": "preferred_username",
    "X-Forwarded-Groups": "groups",
}
"""The claim that each header of oauth2-proxy holds."""
CALLBACK_PATH: Final = "/oauth2callback"
REFUSED_PARAMETER: Final = "sign_in"
MAX_GROUPS: Final = 500
_GUARDED_PATHS: Final = ("/media/", "/_stcore/upload_file")
_USER_COOKIE: Final = "_streamlit_user"
log: Final = logging.getLogger("dashboard.sign_in")


def streamlit_secrets(settings: Settings) -> dict[str, Any]:
    """What Streamlit needs to sign people in; it is given in memory and written nowhere."""
    if settings.dashboard_sign_in != "oidc":
        return {}
    public = (settings.dashboard_public_url or "").rstrip("/")
    return {
        "auth": {
            "redirect_uri": f"{public}{CALLBACK_PATH}",
            "cookie_secret": settings.dashboard_cookie_secret or "",
            "client_id": settings.dashboard_oidc_client_id or "",
            "client_secret": settings.dashboard_oidc_client_secret or "",
            "server_metadata_url": settings.dashboard_oidc_metadata_url or "",
        }
    }


def trusted_headers(settings: Settings) -> dict[str, str]:
    """The headers that Streamlit takes as claims; none unless a proxy signs people in.

    A connection that is resumed must have the same claims, so that nobody gets the session of
    somebody else.
    """
    return dict(PROXY_HEADERS) if settings.dashboard_sign_in == "proxy" else {}


# ------------------------------------------------------------------ who it is


def read_identity(claims: Mapping[str, Any], settings: Settings, session: str) -> Identity | None:
    """The identity of the claims of a session or a request; None: they name nobody.

    Args:
        claims: of the identity token, as Streamlit read them from its signed cookie; or of the
            headers of a trusted proxy, which are removed where anybody else sends them.
        settings: the claims that hold the name and the groups.
        session: names the connection. A proxy has sign-ins of its own, so that each connection is
            one here; empty for a request, which has none to end.

    Raises:
        SignInRequired: the claims hold no usable name, or an address that is not verified.
    """
    is_oidc = settings.dashboard_sign_in == "oidc"
    claim = settings.dashboard_person_claim
    if is_oidc and not (claims.get("is_logged_in") and claims.get("sub")):
        return None
    if not is_oidc and not claims.get(claim):
        return None
    if claim == "email" and claims.get("email_verified") is False:
        raise SignInRequired(
            _("your identity provider has not verified your address; nobody was signed in")
        )
    name = identity_name(str(claims.get(claim) or ""))
    groups = _read_groups(claims.get(settings.dashboard_groups_claim if is_oidc else "groups"))
    if is_oidc:
        names = ("iss", "sub", "sid", "iat", "nonce")
        key = _hash({each: claims.get(each) for each in names})
        return Identity(name, groups, key, _read_moment(claims.get("iat")))
    return Identity(name, groups, _hash({"name": name, "session": session}) if session else "")


def _read_groups(values: Any) -> tuple[str, ...]:
    """Names from a list, or from a text in which commas separate them."""
    listed = values.split(",") if isinstance(values, str) else values
    if not isinstance(listed, list | tuple):
        return ()
    names = (value.strip() for value in listed[:MAX_GROUPS] if isinstance(value, str))
    return tuple(name for name in names if name)


def _hash(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def _read_moment(seconds: Any) -> datetime | None:
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return datetime.fromtimestamp(seconds, UTC) if is_number else None


def read_claims(connection: HTTPConnection, settings: Settings) -> dict[str, Any]:
    """The claims of a request: of the cookie that Streamlit signed, or of the proxy's headers."""
    if settings.dashboard_sign_in == "proxy":
        headers = connection.headers
        return {claim: headers[name] for name, claim in PROXY_HEADERS.items() if name in headers}
    from streamlit.web.server.starlette.starlette_websocket import (
        _get_signed_cookie_with_chunks,
        _parse_decoded_user_cookie,
    )

    cookie = _get_signed_cookie_with_chunks(dict(connection.cookies), _USER_COOKIE)
    public = settings.dashboard_public_url or ""
    return _parse_decoded_user_cookie(cookie, public) if cookie else {}


# ------------------------------------------------------------------ requests that are no page


class SignInGate:
    """Refuses requests of nobody to the API, to files and to uploads; gives the API the identity.

    A program passes with a token, which the API checks. A sign-in that failed at the provider or
    at the check of its identity token leads back to a page that says so.

    Args:
        app: the application.
        settings: how people sign in; with `none` everything passes.
        enter: raises where an identity may see nothing at this moment.
    """

    def __init__(
        self, app: ASGIApp, settings: Settings, enter: Callable[[Identity | None], object]
    ) -> None:
        self._app = app
        self._settings = settings
        self._enter = enter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or open one connection."""
        if self._settings.dashboard_sign_in == "none" or scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path.endswith(CALLBACK_PATH) and scope["query_string"]:  # a sign-out returns without
            await self._app(scope, receive, _CallbackAnswer(send).send)
            return
        refusal = await self._identify(scope)
        if refusal is not None and any(part in path for part in _GUARDED_PATHS):
            is_role = isinstance(refusal, Forbidden)
            status = HTTPStatus.FORBIDDEN if is_role else HTTPStatus.UNAUTHORIZED
            await problem_response(status, str(refusal), path)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _identify(self, scope: Scope) -> RoubleReactionError | None:
        """Store the identity of a request; the reason where its sender may see nothing."""
        import anyio.to_thread

        scope[IDENTITY_KEY] = None
        try:
            claims = read_claims(HTTPConnection(scope), self._settings)
            scope[IDENTITY_KEY] = identity = read_identity(claims, self._settings, "")
            if any(part in scope["path"] for part in _GUARDED_PATHS):
                await anyio.to_thread.run_sync(self._enter, identity)
        except (SignInRequired, Forbidden) as refusal:
            return refusal
        return None


class _CallbackAnswer:
    """The answer to a return from the provider; a sign-in that failed is said on the page."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def send(self, message: Message) -> None:
        """Send a message; the redirect of a failed sign-in gets a parameter."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            is_signed_in = any(
                value.startswith(f"{_USER_COOKIE}=") and not value.startswith(f'{_USER_COOKIE}=""')
                for value in headers.getlist("set-cookie")
            )
            target = headers.get("location")
            if target and not is_signed_in:
                log.warning(
                    "a sign-in was refused: the provider or the identity token is not valid"
                )
                headers["location"] = f"{target}?{REFUSED_PARAMETER}=refused"
        await self._send(message)
