"""`--asof`: commands answer as things were known at a moment."""

import json

import pytest

from dashboard.cli import run


def response_of(capsys, *arguments):
    assert run([*arguments]) == 0
    return capsys.readouterr().out


@pytest.fixture(autouse=True)
def home(dashboard_home):
    return dashboard_home


def test_facts_know_nothing_later_than_their_moment(capsys):
    text = json.loads(response_of(capsys, "facts", "2025-04-22", "--asof", "2025-04-20", "--json"))
    # On Sunday 20 April the last fixing was that of Friday.
    assert (text["answers"][0]["day"], text["answers"][0]["rate"]) == ("2025-04-18", 81.1371)
    live = json.loads(response_of(capsys, "facts", "2025-04-22", "--json"))
    assert live["answers"][0]["day"] == "2025-04-22"


def test_facts_of_the_far_future_are_those_of_now(capsys):
    live = response_of(capsys, "facts", "2025-04-21")
    assert response_of(capsys, "facts", "2025-04-21", "--asof", "2099-01-01") == live


def test_a_study_of_a_moment_has_no_later_event_and_says_so_in_its_manifest(capsys, tmp_path):
    out = tmp_path / "out"
    text = response_of(capsys, "study", "--asof", "2014-12-31", "--out", str(out))
    assert text.endswith(f"written to {out}\n")
    events = (out / "events.csv").read_text(encoding="utf-8")
    assert "2014-" in events
    assert "2015-" not in events
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert "2014-12-31" in json.dumps(manifest["parameters"])


def test_what_is_no_moment_is_refused(capsys):
    assert run(["facts", "2025-04-21", "--asof", "tomorrow"]) == 2
    assert capsys.readouterr().err == (
        "error: --asof tomorrow: is no moment; write it like 2026-11-20 or 2026-11-20T09:00Z\n"
    )
