"""Run the cases of a folder through the product and compare them with what is expected.

`python -m tools.run_cases FOLDER [ID…]`: FOLDER holds `EXPECT.csv` (id, file, command, expectation,
…) and `inputs/`. Every case runs in this process with an empty data folder of its own and without
network; its expectation and answer are printed. A case is as expected where its answer matches
every pattern of its row in `case_checks.csv` and none that must not occur; a case without a row
there is printed for a person to judge. Exit code 1 where one is not as expected.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

CHECKS: Final = Path(__file__).with_name("case_checks.csv")
FEED_TIME: Final = datetime(2026, 9, 7, 12, tzinfo=UTC)
RATE_FIELDS: Final = ("date", "rate", "series", "known_at")
EVENT_FIELDS: Final = ("date", "time_utc", "end_date", "title", "tags")
SEPARATOR: Final = " && "
STUDY_FILES: Final = {
    "events.csv": ("event_id", "series", "event_day", "anchor_day", "flags"),
    "paths.csv": ("event_id", "series", "offset", "day"),
    "averages.csv": ("group", "offset", "n"),
    "skipped.csv": ("event_id", "series", "reason"),
}


@dataclass(frozen=True)
class Check:
    """Patterns that the answer to a case must match, and patterns that it must not."""

    required: tuple[str, ...]
    forbidden: tuple[str, ...]

    def fault(self, answer: str) -> str:
        """Which pattern the answer violates; empty where none."""
        missing = [text for text in self.required if not re.search(text, answer, re.DOTALL)]
        present = [text for text in self.forbidden if re.search(text, answer, re.DOTALL)]
        return "; ".join([*(f"lacks {text}" for text in missing), *(f"has {x}" for x in present)])


def read_checks() -> dict[str, Check]:
    """The checks by the id of their case."""
    with CHECKS.open(encoding="utf-8", newline="") as file:
        return {
            row["id"]: Check(_patterns(row["required"]), _patterns(row["forbidden"]))
            for row in csv.DictReader(file)
        }


def _patterns(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split(SEPARATOR)))


def answer_case(case: dict[str, str], inputs: Path) -> str:
    """What the product answers to a case; each of several commands is one part."""
    with _data_folder() as folder:
        for file in inputs.iterdir():
            if file.name.startswith(case["id"]):
                shutil.copy(file, folder)
        commands = case["command"].split(" ; ")
        return "\n".join(_answer(command, case["file"], folder) for command in commands)


def _answer(command: str, file: str, folder: Path) -> str:
    if command.startswith("GET "):
        return _answer_request(command.removeprefix("GET "))
    if file.endswith(".xml"):
        return _answer_feed((folder / file).read_bytes())
    arguments = shlex.split(command.removeprefix("python -m dashboard "))
    answer = _run_command(arguments)
    if "--out" in arguments:
        answer += _study_answer(Path(arguments[arguments.index("--out") + 1]))
    return answer


def _run_command(arguments: list[str]) -> str:
    from dashboard.cli import run

    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    err = io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(arguments)
    printed = out.buffer.getvalue().decode()  # type: ignore[attr-defined]
    return f"exit {code}\n{_import_answer(printed) or printed}\n{err.getvalue()}"


def _import_answer(printed: str) -> str:
    """The report of an import, one line a row and message; empty where it is none."""
    try:
        report = json.loads(printed)
        rows = report["rows"]
    except (ValueError, LookupError, TypeError):
        return ""
    lines = [f"status {report['status']}, {len(rows)} rows"]
    for row in rows:
        names = RATE_FIELDS if "rate" in row else EVENT_FIELDS
        lines.append(" | ".join(str(row.get(name) or "-") for name in names))
    return "\n".join([*lines, *report["messages"]])


def _answer_request(address: str) -> str:
    from dashboard.api.app import build_app
    from tests.asgi_client import get

    answer = get(build_app(), address.removeprefix("/api"))
    return f"{answer.status}\n{answer.body.decode()}"


def _answer_feed(content: bytes) -> str:
    from dashboard.sources.feeds.reader import FeedContent, parse_feed

    batch = parse_feed(FeedContent(content, "", "feed"), FEED_TIME)
    return "\n".join(map(repr, batch.reports))


def _study_answer(folder: Path) -> str:
    """The dates and counts of a study, without its numbers."""
    lines: list[str] = []
    for name, columns in STUDY_FILES.items():
        path = folder / name
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                lines += (
                    f"{name} {','.join(row[column] for column in columns)}"
                    for row in csv.DictReader(file)
                )
    return "\n" + "\n".join(lines)


@contextmanager
def _data_folder() -> Iterator[Path]:
    """An empty working and data folder for one case."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"DASHBOARD_HOME": str(folder / "home"), "DASHBOARD_OFFLINE": "1"}  # noqa: TID251 - the product reads it
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def main(arguments: list[str] | None = None) -> int:
    """Print every case, expected and answered, and the count; 1 where a case fails."""
    parser = argparse.ArgumentParser(description="Compare the product's answers with cases.")
    parser.add_argument("folder", type=Path, help="holds EXPECT.csv and inputs/")
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these cases")
    given = parser.parse_args(arguments)
    folder, ids = given.folder, given.ids
    if not (folder / "EXPECT.csv").is_file():
        parser.error(f"{folder} holds no EXPECT.csv")
    checks = read_checks()
    with (folder / "EXPECT.csv").open(encoding="utf-8", newline="") as file:
        cases = [row for row in csv.DictReader(file) if not ids or row["id"] in ids]
    faults: dict[str, str] = {}
    for case in cases:
        answer = answer_case(case, (folder / "inputs").resolve())
        check = checks.get(case["id"])
        faults[case["id"]] = check.fault(answer) if check else "to be judged by a person"
        print(f"== {case['id']}: {faults[case['id']] or 'as expected'}")
        print(f"   expected: {case['expectation']}\n   answered: {answer.strip()}")
    wrong = [name for name, fault in faults.items() if fault]
    print(f"\n{len(cases) - len(wrong)} of {len(cases)} cases are as expected")
    for name in wrong:
        print(f"  {name}: {faults[name]}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
