"""Watch notes: one thread of the process asks which version the notes have, and all pages look.

A colleague writes from another process, so nobody here is told. The question is one short
query for the whole process, however many pages are open, and none at all while no page looks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Protocol

from dashboard.domain.errors import RoubleReactionError

EVERY: Final = 0.75
"""Seconds between two questions; a page looks once a second, which is 1.75 s at the most."""
AFTER_FAILURE: Final = 3.0
ENOUGH: Final = 12
"""Questions after the last look of a page, before the thread ends."""


class Versioned(Protocol):
    """What has a version."""

    def version(self) -> str:
        """A short text that differs after every change; StoreError where it cannot be told."""


class NoteWatch:
    """The version of the notes as this process last heard of it.

    Args:
        notes: what is asked.
        every: seconds between two questions.
        after_failure: seconds after one that failed.
    """

    def __init__(
        self, notes: Versioned, every: float = EVERY, after_failure: float = AFTER_FAILURE
    ) -> None:
        self._notes = notes
        self._every = every
        self._after_failure = after_failure
        self._lock = threading.Lock()
        self._version = ""
        self._told = 0
        self._left = 0
        self._running = False

    def look(self) -> str:
        """The version last heard of, and an interest in later ones; empty where none is known."""
        with self._lock:
            self._left = ENOUGH
            if not self._running:
                self._running = True
                threading.Thread(target=self._ask, name="notes", daemon=True).start()
            return self._version

    def tell(self, version: str) -> None:
        """Take a version that a page just read; it is newer than any answer under way."""
        with self._lock:
            self._version = version
            self._told += 1

    def _ask(self) -> None:
        pause = threading.Event()
        while self._is_wanted():
            answered = self._hear(self._notes.version)
            pause.wait(self._every if answered else self._after_failure)

    def _is_wanted(self) -> bool:
        with self._lock:
            self._left -= 1
            self._running = self._left >= 0
            return self._running

    def _hear(self, ask: Callable[[], str]) -> bool:
        """Ask once; a failure leaves no version, so that no page is drawn anew for it."""
        told = self._told
        try:
            version = ask()
        except RoubleReactionError:
            version = ""
        with self._lock:
            if self._told == told:
                self._version = version
        return bool(version)
