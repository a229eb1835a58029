"""A report is rendered in another process: in time or not at all, never by too many at once."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from dashboard.export.report import render
from dashboard.export.report.render import render_in_subprocess
from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.messages import use_language
from dashboard.services.exports import write_report
from tests.made_report import made_report

BEGINNINGS = {
    "html": b"<!DOCTYPE html>",
    "pdf": b"%PDF",
    "png": b"\x89PNG",
    "svg": b"<?xml",
}


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_a_report_is_made_in_every_format(kind):
    content = render_in_subprocess(made_report(), kind)
    assert content.startswith(BEGINNINGS[kind])


def test_a_page_without_charts_needs_no_browser(monkeypatch, tmp_path):
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    assert b"A bank" in render_in_subprocess(made_report(charts=()), "html")
    with pytest.raises(RoubleReactionError, match="neither Chrome nor Chromium is found"):
        render_in_subprocess(made_report(), "html")


def test_the_other_process_writes_the_language_of_this_one():
    with use_language("ru"):
        content = render_in_subprocess(made_report(charts=()), "html").decode()
    assert '<html lang="ru">' in content
    assert "Как это вычислено" in content


def program(folder, text):
    """A program that stands in for the browser."""
    file = folder / "browser"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def test_a_browser_that_does_not_start_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv("BROWSER_PATH", program(tmp_path, "exit 1"))
    with pytest.raises(RoubleReactionError, match="the browser does not start") as refused:
        render_in_subprocess(made_report(), "svg")
    assert "\n" not in str(refused.value)


def is_running(pid):
    """Whether a process does anything; one that has ended may wait to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_browser_that_hangs_is_ended_with_the_report(monkeypatch, tmp_path):
    pid = tmp_path / "pid"
    monkeypatch.setenv("BROWSER_PATH", program(tmp_path, f"echo $$ > {pid}\nexec sleep 300"))
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    begun = time.monotonic()
    with pytest.raises(RoubleReactionError, match="not made within 15 seconds") as refused:
        render_in_subprocess(made_report(), "svg", seconds=15)
    assert time.monotonic() - begun < 25
    assert "\n" not in str(refused.value)
    deadline = time.monotonic() + 5
    while is_running(int(pid.read_text())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(int(pid.read_text()))
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are handed over on Linux alone")
def test_no_process_of_the_browser_is_left_to_be_collected(tmp_path):
    """In a container the server may be the first process, to which the browser's orphans fall."""
    server = """
import ctypes, glob, json, os, sys, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans fall to this process
from dashboard.models.tables import ReportDocument
from dashboard.export.report.render import render_in_subprocess
render_in_subprocess(ReportDocument.from_json(json.load(sys.stdin)), "svg")
time.sleep(0.5)
stats = [open(path).read().rpartition(")") for path in glob.glob("/proc/[0-9]*/stat")]
print("left:", [head for head, _, rest in stats if int(rest.split()[1]) == os.getpid()])
"""
    answer = subprocess.run(
        [sys.executable, "-c", server],
        input=json.dumps(made_report().as_json()),
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "left: []"


def test_the_secrets_of_the_dashboard_do_not_reach_the_browser(monkeypatch, tmp_path):
    variables = tmp_path / "variables"
    monkeypatch.setenv("BROWSER_PATH", program(tmp_path, f"env > {variables}; exit 1"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:secret@host/name")
    monkeypatch.setenv("DASHBOARD_HOME", str(tmp_path))
    with pytest.raises(RoubleReactionError):
        render_in_subprocess(made_report(), "svg")
    names = {line.partition("=")[0] for line in variables.read_text().splitlines()}
    assert "PATH" in names
    assert not names & {"DATABASE_URL", "DASHBOARD_HOME"}


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_of_no_chart_is_refused(kind):
    with pytest.raises(InputError, match="no chart"):
        write_report(made_report(charts=()), kind)


def test_two_are_made_at_once_two_wait_and_the_next_is_told(monkeypatch):
    inside, release = [], threading.Event()
    full = threading.Barrier(render.AT_ONCE + 1)

    def slow(report, kind, seconds, folder):
        inside.append(kind)
        if len(inside) <= render.AT_ONCE:
            full.wait(20)
        release.wait(20)
        return b"made"

    monkeypatch.setattr(render, "_run", slow)
    readers = [
        threading.Thread(target=render_in_subprocess, args=(made_report(), "html"))
        for _ in range(4)
    ]
    for reader in readers:
        reader.start()
    full.wait(20)
    while render._admitted._value:  # the two that wait have come
        release.wait(0.01)
    assert len(inside) == render.AT_ONCE
    with pytest.raises(RoubleReactionError, match="try again"):
        render_in_subprocess(made_report(), "html")
    release.set()
    for reader in readers:
        reader.join(20)
    assert len(inside) == 4
