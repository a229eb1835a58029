"""The form of a client that asks publishers; `web.Web` is the one there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import requests

    from dashboard.sources.clock import Clock
    from dashboard.sources.web_forms import Answer, Ask
    from dashboard.sources.web_host import HostState


class Asking(Protocol):
    """Asks publishers politely."""

    @property
    def clock(self) -> Clock:
        """The time that questions are measured with."""

    @property
    def session(self) -> requests.Session:
        """How requests are sent."""

    def ask(self, ask: Ask) -> Answer:
        """Ask, and again where that may help.

        Raises:
            SourceError: one sentence: who, and what it did instead of answering.
        """

    def states(self) -> tuple[HostState, ...]:
        """What is known of the hosts asked so far."""
