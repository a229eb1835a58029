"""What leaves a page as a file: made at the click, put on record, and counted where it is work.

A click is answered outside the run of a page, so what is needed is taken before, while it runs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from dashboard.domain.errors import RoubleReactionError
from dashboard.ui import session

if TYPE_CHECKING:
    from dashboard.assembly import Parts

log: Final = logging.getLogger(__name__)

Make = Callable[[], bytes]


def told_of(make: Make, file_name: str) -> Make:
    """A table that is put on record when it leaves.

    Args:
        make: gives the bytes; it must hold on to a snapshot, not to the state of the page.
        file_name: what the record calls it.
    """
    return partial(_given, make, file_name, session.live_parts())


def counted(make: Make, file_name: str) -> Make:
    """A report or a bundle: on record like a table, and at most so many an hour.

    The bytes are refused with `TooOften`; say beforehand where there is no room, for a browser
    tells only that there is no file.
    """
    parts, reader = session.live_parts(), session.reader()

    def make_one() -> bytes:
        parts.limits.take(reader, "export")
        return make()

    return partial(_given, make_one, file_name, parts)


def _given(make: Make, file_name: str, parts: Parts) -> bytes:
    content = make()
    try:
        parts.notes.beside.put_on_record("export", file_name, (None, {"bytes": len(content)}))
    except RoubleReactionError as error:  # a file is still given while the store of notes is away
        log.warning("the export of %s is not on record: %s", file_name, error)
    return content
