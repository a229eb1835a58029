"""A file of a million rows is read within its time and memory, by a process of its own."""

import subprocess
import sys

ROWS = 1_000_000
MOST_SECONDS = 60
MOST_MEGABYTES = 1_000
SCRIPT = """
import sys, time
from pathlib import Path
from dashboard.models.user_files import RateFileOptions
from dashboard.sources.rates.csv_file import read_rate_file
begun = time.process_time()
table = read_rate_file(Path(sys.argv[1]), RateFileOptions(zone="Europe/Moscow", stamps="begin"))
seconds = time.process_time() - begun
(series,) = table.series
# Not ru_maxrss: a child begins with that of the process it was split from.
status = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()
peak = int(status[0]) / 1e3
print(len(series), series.card.bar_minutes, series.rate[0], series.rate[-1], series.known_at[-1])
print(seconds, peak)
"""


def test_a_million_bars_are_read_within_a_minute_and_a_gigabyte(tmp_path):
    path = tmp_path / "bars.csv"
    with path.open("w") as out:
        out.write("date,USD\n")
        for k in range(ROWS):
            day, minute = divmod(k, 1_440)
            month, day = divmod(day, 28)
            year, month = 2020 + month // 12, month % 12
            stamp = f"{year}-{month + 1:02d}-{day + 1:02d} {minute // 60:02d}:{minute % 60:02d}"
            out.write(f"{stamp},{90 + k / 1e6:.6f}\n")
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, check=True
    )
    message, cost = answer.stdout.splitlines()
    # Row 999,999 is minute 639 (10:39) of day 694, which is 24 months of 28 days and 22 days on.
    assert message == "1000000 1 90.0 90.999999 2022-01-23T07:39:59"
    seconds, megabytes = map(float, cost.split())
    assert seconds < MOST_SECONDS
    assert megabytes < MOST_MEGABYTES


def test_more_rows_than_that_are_refused_in_words(tmp_path):
    path = tmp_path / "long.csv"
    path.write_bytes(b"date,USD\n" + b"2024-01-05,1\n" * 1_500_001)
    answer = subprocess.run(
        [sys.executable, "-m", "dashboard", "rates", "import", str(path), "--dry-run"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 2
    assert answer.stderr == "error: long.csv: more than 1,500,000 rows; split the file\n"
