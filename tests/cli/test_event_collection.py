"""The collection of event files, through the command: each as its author expected (R7).

What a careful person expects of a file was written down before it was read. A file that is
accepted where it should be rejected, or whose rows differ, is silently wrong; none may be.
"""

from __future__ import annotations

import time
from collections import Counter

import pytest

from tests.event_collection import calendar_files, csv_files, excel_files, json_files, other_files

KINDS = {
    "csv": csv_files.CASES,
    "excel": excel_files.CASES,
    "json": json_files.CASES,
    "calendar": calendar_files.CASES,
    "other": other_files.CASES,
}
CASES = [pytest.param(case, id=f"{k}: {case.id}") for k, cases in KINDS.items() for case in cases]
SECONDS = 10


@pytest.fixture(scope="module")
def one_home(tmp_path_factory):
    """A store for the whole collection; a dry run writes nothing into it."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def same_home(one_home, monkeypatch, dashboard_home):
    monkeypatch.setenv("DASHBOARD_HOME", str(one_home))


def test_the_collection_is_large_and_every_file_has_a_name_of_its_own():
    names = Counter((kind, case.id) for kind, cases in KINDS.items() for case in cases)
    assert max(names.values()) == 1
    assert sum(names.values()) >= 300
    assert {kind: len(cases) >= 20 for kind, cases in KINDS.items()} == dict.fromkeys(KINDS, True)


@pytest.mark.parametrize("case", CASES)
def test_a_file_of_the_collection_is_read_as_expected(run_cli, tmp_path, case):
    path = tmp_path / case.name
    path.write_bytes(case.content)
    began = time.process_time()
    answer = run_cli("events", "import", path, "--dry-run", "--json", *case.options)
    took = time.process_time() - began
    assert "Traceback" not in answer.err
    assert "should not happen" not in answer.err
    report = answer.json
    assert (report["status"], answer.code) == (case.status, 2 if case.status == "reject" else 0)
    assert [(row["date"], row["title"]) for row in report["rows"]] == list(case.rows)
    assert bool(report["messages"]) is (case.status != "accept")
    assert case.says in "\n".join(report["messages"])
    for field, value in case.fields.items():
        assert report["rows"][0][field] == value
    assert all("\n" not in message for message in report["messages"])
    assert len(answer.err.splitlines()) == (1 if case.status == "reject" else 0)
    assert took < SECONDS
