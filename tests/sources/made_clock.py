"""A clock that stands still until somebody sleeps."""

from datetime import UTC, datetime, timedelta


class MadeClock:
    """Time passes only by `sleep` and `pass_by`; both are remembered in `slept`."""

    def __init__(self, now=datetime(2026, 11, 23, 18, tzinfo=UTC)):
        self._now = now
        self._seconds = 0.0
        self.slept = []

    def now(self):
        return self._now

    def monotonic(self):
        return self._seconds

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.pass_by(seconds)

    def pass_by(self, seconds):
        self._seconds += seconds
        self._now += timedelta(seconds=seconds)
