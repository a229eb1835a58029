"""JSON answers: the columns of the CSV files, every digit, null for what is missing."""

import json
import math
from datetime import UTC, date, datetime

from dashboard.models.event import Event
from dashboard.models.study import StudyRequest
from dashboard.services.exports import TABLES, study_csvs, study_objects
from dashboard.services.serializers import (
    json_bytes,
    table_json,
    table_json_schema,
)
from dashboard.services.study import run_study
from tests.made_series import event_at_row, made_series, series_of_returns


def test_a_missing_rate_is_null():
    rows = table_json("rates", [made_series([1.5, math.nan, 0.1 + 0.2])])
    assert [row["rate"] for row in rows] == [1.5, None, 0.30000000000000004]
    assert list(rows[0]) == list(TABLES["rates"].header)


def test_a_moment_ends_in_z_and_text_is_given_as_it_is():
    event = Event(
        "e", date(2025, 4, 21), "=1+1 \"quoted\"",
        moment=datetime(2025, 4, 21, 10, 30, tzinfo=UTC), tags=("a;b", "c"),
    )  # fmt: skip
    (row,) = table_json("event_list", [event])
    assert row["time_utc"] == "2025-04-21T10:30:00Z"
    assert row["title"] == '=1+1 "quoted"'
    assert row["tags"] == r"a\;b;c"
    assert row["end_date"] is None


def test_a_file_is_a_list_with_a_row_a_line():
    content = json_bytes([{"a": 1}, {"a": "é"}])
    assert content == '[{"a": 1},\n {"a": "é"}]\n'.encode()
    assert json.loads(json_bytes([])) == []


def test_a_schema_names_type_and_meaning_of_every_column():
    schema = table_json_schema("rates")
    assert schema["required"] == list(TABLES["rates"].header)
    assert schema["properties"]["date"]["format"] == "date"
    assert schema["properties"]["rate"]["type"] == ["number", "null"]
    assert all(column["description"] for column in schema["properties"].values())


def test_study_rows_are_counted_as_the_files_hold_them():
    series = series_of_returns([0.01, -0.01] * 100)
    events = [event_at_row(150), event_at_row(160)]
    answer = run_study([series], events, StudyRequest())
    for name, content in ((n[:-4], c) for n, c in study_csvs(answer).items()):
        objects = study_objects(answer, name)
        count = TABLES[name].count(objects)
        assert count == content.count(b"\n") - 1
        assert len(table_json(name, objects)) == count
    # two events, 16 offsets each
    assert TABLES["paths"].count(answer.results) == 32
