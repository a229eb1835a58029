"""List actions: what is on record, for the shell: the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC
from typing import Any, Final, Protocol

from dashboard.domain.on_record import OnRecord

MOST: Final = 100_000


class Record(Protocol):
    """Where actions are on record; raises StoreError where it cannot be read."""

    def on_record(self, most: int) -> tuple[OnRecord, ...]:
        """The last actions on notes and on everything else, the newest first."""
        ...


def list_actions(record: Record, most: int) -> tuple[OnRecord, ...]:
    """The last actions, the newest first; at most 100,000 of them."""
    return record.on_record(min(max(most, 1), MOST))


def actions_json(actions: Iterable[OnRecord]) -> list[dict[str, Any]]:
    """What `audit --json` prints; moments in UTC."""
    return [
        asdict(each) | {"at": each.at.astimezone(UTC).isoformat().replace("+00:00", "Z")}
        for each in actions
    ]
