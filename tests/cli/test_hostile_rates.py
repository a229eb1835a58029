"""`rates import --dry-run --json` over the collection of hostile files: right, warned, refused."""

from __future__ import annotations

import math
import time

import pytest

from tests.sources.rates.hostile_files import FILES

MOST_SECONDS = 5.0
"""Of the processor: no file of the collection is large, and the first one waits for imports."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.id)
def test_a_file_is_right_warned_or_refused_and_never_silently_wrong(run_cli, write_file, file):
    path = write_file("f.csv", file.content)
    begun = time.process_time()
    answer = run_cli("rates", "import", path, "--dry-run", "--json", *file.options)
    assert time.process_time() - begun < MOST_SECONDS
    report = answer.json
    messages = report["messages"]
    assert report["status"] == file.status, messages
    assert answer.code == (2 if file.status == "reject" else 0)
    assert any(file.said in message for message in messages) or not file.said, messages
    assert bool(messages) == (file.status != "accept")
    assert all("\n" not in message for message in messages)
    assert "Traceback" not in answer.err
    assert len(report["rows"]) == len(file.rows)
    for row, wanted in zip(report["rows"], file.rows, strict=True):
        result = (row["date"], row["rate"], row["series"], row["known_at"])
        assert result[: len(wanted)] == wanted


def test_the_collection_is_large_and_no_name_comes_twice():
    assert len(FILES) >= 80
    assert len({file.id for file in FILES}) == len(FILES)
    assert {file.status for file in FILES} == {"accept", "warn", "reject"}
    assert not any(math.isinf(row[1]) for file in FILES for row in file.rows if row[1] is not None)


def test_every_refusal_names_the_file_and_what_to_do(run_cli, write_file):
    for file in FILES:
        if file.status == "reject" and "--zone" not in file.options:
            answer = run_cli("rates", "import", write_file("f.csv", file.content), "--dry-run",
                           *file.options)  # fmt: skip
            assert answer.out == ""
            assert answer.err.startswith("error: f.csv"), answer.err
            assert answer.err.count("\n") == 1
