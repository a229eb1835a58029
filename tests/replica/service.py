"""The form of a service: its hosts, its right answers, and how tests make it misbehave."""

from __future__ import annotations

import threading


class Service:
    """One data service. A subclass says `name`, `hosts` and how to answer rightly."""

    name = ""
    hosts = frozenset()

    def __init__(self, market):
        self.market = market
        self.requests = []
        self._failure = None
        self._times = None
        self._when = None
        self._lock = threading.Lock()

    def speaks_for(self, host):
        return host in self.hosts

    def right(self, question):
        """The right answer."""
        raise NotImplementedError

    def answers(self, failure, times=None, when=None):
        """Misbehave from now on.

        Args:
            failure: one of `failures`, or any function of the question and the right reply.
            times: only so often.
            when: only for questions of which this is true.
        """
        with self._lock:
            self._failure, self._times, self._when = failure, times, when

    def answers_well(self):
        """Behave again."""
        self.answers(None)

    def take(self, question):
        """The response to a request, with the failure that is set."""
        with self._lock:
            self.requests.append(question)
            failure = self._failure
            if failure and self._when is not None and not self._when(question):
                failure = None
            if failure and self._times is not None:
                self._times -= 1
                if self._times < 0:
                    failure = None
        right = self.right(question)
        return right if failure is None else failure(question, right)
