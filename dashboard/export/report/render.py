"""A report rendered in a process of its own, which is ended when it takes too long.

A browser draws the charts and prints the page, and nothing in the libraries bounds how long.
So `python -m dashboard.export.report.render FORMAT SIZE FOLDER LANGUAGE` reads a report as JSON
from standard input, writes the file to standard output and whatever the browser needs to the
folder. The browser belongs to its process group: both are ended together, and the folder goes
with them. No more than two are rendered at once; two more may wait for them, and who comes then
is refused at once, because everyone who waits holds a thread of the server.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import dashboard
from dashboard.export.report.browser import Browser, open_browser, with_font
from dashboard.export.report.chart_svg import (
    CANVASES,
    PAGE_CANVAS,
    PORTABLE_FONT,
    Canvas,
    Caption,
    captioned_svg,
    fit_figure,
)
from dashboard.export.report.page import caption_of, footer_html, report_html
from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.messages import current_language, deferred, translate_deferred, use_language
from dashboard.models.messages import translate as _
from dashboard.models.tables import PictureSize, ReportChart, ReportDocument, ReportFormat

AT_ONCE: Final = 2
WAITING: Final = 2
SECONDS: Final = 60.0
"""For waiting and rendering together."""
BUSY: Final = deferred("report: several others are being made; try again in a minute")
NO_CHART: Final = deferred(
    "report: there is no chart to make a picture of; take the page or the PDF"
)

ORPHAN_SECONDS: Final = 2.0
PR_SET_CHILD_SUBREAPER: Final = 36
"""Of prctl(2)."""

_ROOT: Final = Path(dashboard.__file__).parents[1]
_admitted = threading.BoundedSemaphore(AT_ONCE + WAITING)
_rendering = threading.BoundedSemaphore(AT_ONCE)
_running: set[subprocess.Popen[bytes]] = set()


def render_in_subprocess(
    report: ReportDocument,
    kind: ReportFormat,
    size: PictureSize = "web",
    seconds: float = SECONDS,
) -> bytes:
    """A report as a file of a format, rendered in another process.

    Args:
        report: what is written.
        kind: `html`, `pdf`, or the first chart alone: `png`, `svg`.
        size: of a picture.
        seconds: after which it is given up.

    Raises:
        RoubleReactionError: it cannot be made, or not in time; one line.
    """
    deadline = time.monotonic() + seconds
    if not _admitted.acquire(blocking=False):
        raise RoubleReactionError(translate_deferred(BUSY))
    try:
        if not _rendering.acquire(timeout=seconds):
            raise RoubleReactionError(translate_deferred(BUSY))
        try:
            with TemporaryDirectory(prefix="report-", ignore_cleanup_errors=True) as folder:
                return _run(report, (kind, size), deadline - time.monotonic(), folder)
        except subprocess.TimeoutExpired:
            msg = _(
                "report: not made within {seconds:g} seconds; ask for a shorter window",
                seconds=seconds,
            )
            raise RoubleReactionError(msg) from None
        finally:
            _rendering.release()
    finally:
        _admitted.release()


def _run(
    report: ReportDocument, wanted: tuple[ReportFormat, PictureSize], seconds: float, folder: str
) -> bytes:
    process = subprocess.Popen(  # noqa: S603 - every argument is ours
        [
            sys.executable,
            "-m",
            "dashboard.export.report.render",
            *wanted,
            folder,
            current_language(),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=_ROOT,
        start_new_session=True,
    )
    content = json.dumps(report.as_json()).encode()
    _running.add(process)
    try:
        output, errors = process.communicate(content, max(seconds, 0.1))
    finally:
        _running.discard(process)
        _end(process)
    if process.returncode:
        lines = errors.decode("utf-8", "replace").strip().splitlines() or ["no message"]
        known = process.returncode == RoubleReactionError.exit_code
        msg = (
            lines[-1] if known else _("report: could not be made ({lines})", lines=lines[-1][:300])
        )
        raise RoubleReactionError(msg)
    return output


def end_all() -> None:
    """End what is being rendered: this process stops, and they would outlive it."""
    for process in tuple(_running):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a process and of the browser in its group, and collect both."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    with process:  # closes the pipes and waits
        pass
    if hasattr(os, "killpg"):
        # Orphans of a process that was ended are ours where this is the first of a container.
        with suppress(ChildProcessError):
            while os.waitpid(-process.pid, os.WNOHANG)[0]:
                pass


async def render(report: ReportDocument, kind: ReportFormat, size: PictureSize) -> bytes:
    """The bytes of a report; a browser runs meanwhile, except for a page without charts.

    Raises:
        InputError: a picture is wanted of a report without a chart.
        RoubleReactionError: no browser is found, or a chart cannot be drawn.
    """
    if kind in {"png", "svg"} and not report.charts:
        raise InputError(translate_deferred(NO_CHART))
    if kind == "html" and not report.charts:
        return report_html(report, ()).encode("utf-8", "replace")
    async with open_browser(root=getattr(os, "geteuid", lambda: 1)() == 0) as browser:
        if kind in {"png", "svg"}:
            return await _render_picture(browser, report, kind, CANVASES[size])
        return await _render_page(browser, report, kind)


async def _render_picture(
    browser: Browser, report: ReportDocument, kind: ReportFormat, canvas: Canvas
) -> bytes:
    chart = report.charts[0]
    caption = caption_of(report, chart) if canvas.has_caption else Caption("", "", (), chart.alt)
    if kind == "png":
        return await browser.picture(await _draw(browser, chart.figure, caption, canvas), canvas)
    layout = chart.figure["layout"]
    portable = layout | {"font": {**layout.get("font", {}), "family": PORTABLE_FONT}}
    figure = {**chart.figure, "layout": portable}
    return await _draw(browser, figure, replace(caption, font=PORTABLE_FONT), canvas)


async def _render_page(browser: Browser, report: ReportDocument, kind: ReportFormat) -> bytes:
    charts = [
        await _draw(browser, chart.figure, _caption_on_page(report, chart))
        for chart in report.charts
    ]
    if kind == "pdf":
        page = report_html(report, [with_font(chart) for chart in charts])
        return await browser.print_pdf(page, footer_html(report), report.made_at)
    return report_html(report, charts).encode("utf-8", "replace")


def _caption_on_page(report: ReportDocument, chart: ReportChart) -> Caption:
    """What a chart says on a page that has its definition, and its title where it is the answer."""
    title = "" if chart.title == report.title else chart.title
    return caption_of(report, replace(chart, title=title, definition=""))


async def _draw(
    browser: Browser, figure: Mapping[str, Any], caption: Caption, canvas: Canvas = PAGE_CANVAS
) -> bytes:
    fitted = fit_figure(figure, caption, canvas)
    background = figure.get("layout", {}).get("paper_bgcolor", "#FFFFFF")
    return captioned_svg(await browser.draw(fitted), caption, canvas, background)


def _adopt_orphans() -> None:
    """Let processes that the browser leaves fall to this one instead of the first of the system.

    In a container the first is often the server, which would never collect them.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _collect_orphans() -> None:
    if sys.platform != "linux":
        return
    deadline = time.monotonic() + ORPHAN_SECONDS
    with suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                time.sleep(0.01)


def main() -> None:
    """Render one report: it comes from standard input."""
    _adopt_orphans()
    logging.disable(logging.CRITICAL)  # the libraries log what they catch themselves
    kind = cast(ReportFormat, sys.argv[1])
    size = cast(PictureSize, sys.argv[2])
    tempfile.tempdir = sys.argv[3]  # where the browser writes; removed with what it holds
    report = ReportDocument.from_json(json.loads(sys.stdin.buffer.read()))
    try:
        with use_language(sys.argv[4]):
            output = asyncio.run(render(report, kind, size))
    except RoubleReactionError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(RoubleReactionError.exit_code)
    finally:
        _collect_orphans()
    sys.stdout.buffer.write(output)


if __name__ == "__main__":
    main()
