"""The command line, run inside the test."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass

import pytest

from dashboard.cli import run


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def run_cli(capsys):
    """Runs a command: exit code, standard output and standard error."""

    def run_command(*arguments):
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run_command


@pytest.fixture
def write_file(tmp_path):
    """Writes a file by hand: `made("rates.csv", "date,a\\n…")`; text or bytes."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return write


def table(path):
    """The header and the rows (dictionaries) of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        return reader.fieldnames, list(reader)
