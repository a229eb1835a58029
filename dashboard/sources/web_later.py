"""The client before anybody asks: it is made, with all it needs, at the first question."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from dashboard.sources.clock import WallClock

if TYPE_CHECKING:
    import requests

    from dashboard.sources.clock import Clock
    from dashboard.sources.web import Web
    from dashboard.sources.web_forms import Answer, Ask, Limits
    from dashboard.sources.web_host import HostState


class WebLater:
    """Fits where a `Web` does, without the cost of importing its libraries at the start.

    Args:
        upstream: the address of a replica; None asks the real services.
        limits: of one question; the usual ones where None.
    """

    def __init__(self, upstream: str | None = None, limits: Limits | None = None) -> None:
        self._upstream = upstream
        self._limits = limits
        self._making = threading.Lock()
        self.clock: Clock = WallClock()

    def ask(self, ask: Ask) -> Answer:
        """Ask; see `Web.ask`.

        Raises:
            SourceError: as `Web.ask` does.
        """
        return self._made().ask(ask)

    @property
    def session(self) -> requests.Session:
        """How requests are sent."""
        return self._made().session

    def states(self) -> tuple[HostState, ...]:
        """What is known of the hosts asked so far; nothing before the first question."""
        return self._web.states() if "_web" in self.__dict__ else ()

    def _made(self) -> Web:
        with self._making:
            return self._web

    @cached_property
    def _web(self) -> Web:
        from dashboard.sources.web import Web
        from dashboard.sources.web_forms import USUAL
        from dashboard.sources.web_route import new_session

        return Web(new_session(self._upstream), self.clock, self._limits or USUAL)
