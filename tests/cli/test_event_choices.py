"""Copy, hide and show events; private notes, own categories and revisions of the command line."""

import pytest

KELLOGG = "kellogg-nato-off-table-2025-04-20"


@pytest.fixture
def note(run_cli):
    return run_cli("events", "add", "First words", "--date", "2025-04-21", "--json").json["id"]


def listed(run_cli, *filters):
    return {row["id"] for row in run_cli("events", "list", *filters, "--json").json}


def test_hidden_events_leave_the_list_and_the_study_which_say_so(run_cli):
    answer = run_cli("events", "hide", KELLOGG)
    assert answer.code == 0
    assert f"{KELLOGG} hidden" in answer.out
    answer = run_cli("events", "list", "--category", "nato_remark")
    assert KELLOGG not in answer.out
    assert "1 event of the catalogue is hidden" in answer.err
    assert listed(run_cli, "--hidden") == {KELLOGG}
    answer = run_cli("study", "--category", "nato_remark", "--json")
    assert "1 event of the catalogue is hidden" in answer.err
    assert KELLOGG not in answer.out
    assert run_cli("events", "unhide", KELLOGG).code == 0
    assert KELLOGG in listed(run_cli)


def test_an_event_that_there_is_not_is_refused(run_cli):
    answer = run_cli("events", "hide", KELLOGG, "nope")
    assert (answer.code, answer.out) == (2, "")
    assert "nope: there is no event with this id" in answer.err
    assert listed(run_cli, "--hidden") == set()


def test_an_event_is_copied_into_a_note_and_counts_once(run_cli):
    copy = run_cli("events", "copy", KELLOGG, "--hide", "--json").json
    assert (copy["date"], copy["category"], copy["origin"]) == ("2025-04-20", "nato_remark", "note")
    assert KELLOGG not in listed(run_cli)
    assert copy["id"] in listed(run_cli)


def test_a_private_note_is_not_there_for_another_person(run_cli, monkeypatch):
    private = run_cli("events", "add", "Secret", "--date", "2025-04-21", "--private", "--json").json
    assert private["visibility"] == "private"
    monkeypatch.setenv("DASHBOARD_USER", "Boris")
    assert private["id"] not in listed(run_cli)
    for command in ("edit", "remove", "restore", "history", "copy"):
        answer = run_cli("events", command, private["id"])
        assert answer.code == 2
        assert "there is no" in answer.err
        assert "Secret" not in answer.err
    assert "Secret" not in run_cli("events", "export", "-").out


def test_its_owner_shares_a_note_and_nobody_else_makes_it_private(run_cli, note, monkeypatch):
    assert run_cli("events", "edit", note, "--private", "--json").json["visibility"] == "private"
    assert run_cli("events", "edit", note, "--shared", "--json").json["visibility"] == "shared"
    monkeypatch.setenv("DASHBOARD_USER", "Boris")
    answer = run_cli("events", "edit", note, "--private")
    assert answer.code == 2
    assert "can be changed by Anna" in answer.err


def test_any_revision_is_restored_as_a_new_one(run_cli, note):
    run_cli("events", "edit", note, "--title", "Second words")
    run_cli("events", "edit", note, "--title", "Third words")
    back = run_cli("events", "restore", note, "--revision", "1", "--json").json
    assert (back["title"], back["revision"]) == ("First words", 4)
    answer = run_cli("events", "restore", note, "--revision", "9")
    assert (answer.code, answer.out) == (2, "")
    assert "there is no revision 9" in answer.err


def test_a_category_of_ones_own_is_stored_found_and_bounded(run_cli):
    added = run_cli("events", "add", "x", "--date", "2025-04-21", "--category", "Harvest", "--json")
    assert added.json["category"] == "Harvest"
    assert listed(run_cli, "--category", "Harvest") == {added.json["id"]}
    answer = run_cli("events", "add", "x", "--date", "2025-04-21", "--category", "h" * 41)
    assert (answer.code, answer.out) == (2, "")
    assert "category: 41 characters, at most 40 are kept" in answer.err
