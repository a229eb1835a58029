"""What reads the clock of this machine holds on other days too: it runs again under libfaketime.

libfaketime that is missing fails these tests; it never skips them.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MARK = "pytest.mark.clock"
SECONDS = 900  # it takes 15 to 30 where nothing else runs
MOMENTS = {
    "in three years": "+3y",
    "a leap day": "@2028-02-29 11:59:30",
    "the first midnight of a year in Moscow": "@2026-12-31 20:59:45",
}


@pytest.fixture(scope="session")
def faketime():
    """The program that starts another one with a clock of its own."""
    program = shutil.which("faketime")
    if program is None:
        pytest.fail("libfaketime is not installed: apt-get install faketime")
    return program


def marked():
    """The files with tests that read the clock; no others need be collected."""
    files = (ROOT / "tests").rglob("test_*.py")
    result = {str(item) for item in files if MARK in item.read_text()}
    return sorted(result - {str(Path(__file__))})


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_what_reads_the_clock_holds_on_another_day(faketime, moment, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    # libfaketime reads its settings once: where a thread did it while a test sets a variable
    # of the environment, the process would end.
    monkeypatch.setenv("FAKETIME_CACHE_DURATION", str(2**31 - 1))
    command = [faketime, "--exclude-monotonic", "-f", moment, sys.executable, "-m", "pytest"]
    options = ["--quiet", "-p", "no:cacheprovider", "-p", "tests.faked_clock", "-m", "clock"]
    options += ["-p", "no:schemathesis", "-p", "no:xdist"]  # none of these tests uses them
    done = subprocess.run(
        [*command, *options, *marked()],
        cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]
