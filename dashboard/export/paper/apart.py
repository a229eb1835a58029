"""Paper made in a process of its own, which is ended when it takes too long.

Drawing holds the interpreter for a second or two, and nothing in the libraries bounds how
long. So each report is made apart: `python -m dashboard.export.paper.apart KIND` reads a report
as JSON from standard input and writes the paper to standard output. No more than two are made
at once; two more may wait for them, and who comes then is told so at once, for every one who
waits holds a thread of the server.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final, cast

import dashboard
from dashboard.models.errors import RoubleReactionError
from dashboard.models.report import ReportDocument, ReportFormat

AT_ONCE: Final = 2
WAITING: Final = 2
SECONDS: Final = 60.0
"""For waiting and making together."""
BUSY: Final = "report: several others are being made; try again in a minute"

_ROOT: Final = Path(dashboard.__file__).parents[1]
_asked = threading.BoundedSemaphore(AT_ONCE + WAITING)
_places = threading.BoundedSemaphore(AT_ONCE)


def paper_apart(report: ReportDocument, kind: ReportFormat, seconds: float = SECONDS) -> bytes:
    """A report as a file of a kind, made in another process.

    Args:
        report: what is put on paper.
        kind: `html`, `pdf` or `png` (the first chart alone).
        seconds: after which it is given up.

    Raises:
        RoubleReactionError: it cannot be made, or not in time; one line.
    """
    deadline = time.monotonic() + seconds
    if not _asked.acquire(blocking=False):
        raise RoubleReactionError(BUSY)
    try:
        if not _places.acquire(timeout=seconds):
            raise RoubleReactionError(BUSY)
        try:
            return _made(report, kind, deadline, seconds)
        finally:
            _places.release()
    finally:
        _asked.release()


def _made(report: ReportDocument, kind: ReportFormat, deadline: float, seconds: float) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - every word is ours
            [sys.executable, "-m", "dashboard.export.paper.apart", kind],
            input=json.dumps(report.as_json()).encode(),
            cwd=_ROOT,
            capture_output=True,
            check=False,
            timeout=max(deadline - time.monotonic(), 0.1),
        )
    except subprocess.TimeoutExpired:
        msg = f"report: not made within {seconds:g} seconds; ask for a shorter window"
        raise RoubleReactionError(msg) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no word"]
        msg = f"report: could not be made ({said[-1][:300]})"
        raise RoubleReactionError(msg)
    return done.stdout


def main() -> None:
    """Make one paper: the report comes from standard input."""
    from dashboard.export.paper.make import make_paper

    kind = cast(ReportFormat, sys.argv[1])
    report = ReportDocument.from_json(json.loads(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(make_paper(report, kind))


if __name__ == "__main__":
    main()
