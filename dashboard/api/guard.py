"""The guard of the network door: only requests that name this machine come in.

A page of another site can make a name of its own point to 127.0.0.1 and then read what is
here. Streamlit checks the name for the pages; this does it for the API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers

from dashboard.api.problems import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


class HostGuard:
    """Answer 403 to a request whose Host header names another machine."""

    def __init__(self, app: ASGIApp, allowed: frozenset[str] = THIS_MACHINE) -> None:
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer it here."""
        if scope["type"] == "http" and not self._is_allowed(Headers(scope=scope)):
            refusal = problem(
                403, "The Host header names another machine; use http://127.0.0.1.", scope["path"]
            )
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_allowed(self, headers: Headers) -> bool:
        name, colon, port = headers.get("host", "").lower().rpartition(":")
        return (name if colon and port.isdigit() else name + colon + port) in self.allowed
