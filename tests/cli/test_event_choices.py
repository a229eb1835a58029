"""Copy, hide and show events; private notes, own categories and revisions of the command line."""

import pytest

KELLOGG = "kellogg-nato-off-table-2025-04-20"


@pytest.fixture
def note(shell):
    return shell("events", "add", "First words", "--date", "2025-04-21", "--json").json["id"]


def listed(shell, *filters):
    return {row["id"] for row in shell("events", "list", *filters, "--json").json}


def test_hidden_events_leave_the_list_and_the_study_which_say_so(shell):
    answer = shell("events", "hide", KELLOGG)
    assert answer.code == 0
    assert f"{KELLOGG} hidden" in answer.out
    answer = shell("events", "list", "--category", "nato_remark")
    assert KELLOGG not in answer.out
    assert "1 event of the catalogue is hidden" in answer.err
    assert listed(shell, "--hidden") == {KELLOGG}
    answer = shell("study", "--category", "nato_remark", "--json")
    assert "1 event of the catalogue is hidden" in answer.err
    assert KELLOGG not in answer.out
    assert shell("events", "unhide", KELLOGG).code == 0
    assert KELLOGG in listed(shell)


def test_an_event_that_there_is_not_is_refused(shell):
    answer = shell("events", "hide", KELLOGG, "nope")
    assert (answer.code, answer.out) == (2, "")
    assert "nope: there is no event with this id" in answer.err
    assert listed(shell, "--hidden") == set()


def test_an_event_is_copied_into_a_note_and_counts_once(shell):
    copy = shell("events", "copy", KELLOGG, "--hide", "--json").json
    assert (copy["date"], copy["category"], copy["origin"]) == ("2025-04-20", "nato_remark", "note")
    assert KELLOGG not in listed(shell)
    assert copy["id"] in listed(shell)


def test_a_private_note_is_not_there_for_another_person(shell, monkeypatch):
    private = shell("events", "add", "Secret", "--date", "2025-04-21", "--private", "--json").json
    assert private["visibility"] == "private"
    monkeypatch.setenv("DASHBOARD_USER", "Boris")
    assert private["id"] not in listed(shell)
    for command in ("edit", "remove", "restore", "history", "copy"):
        answer = shell("events", command, private["id"])
        assert answer.code == 2
        assert "there is no" in answer.err
        assert "Secret" not in answer.err
    assert "Secret" not in shell("events", "export", "-").out


def test_its_owner_shares_a_note_and_nobody_else_makes_it_private(shell, note, monkeypatch):
    assert shell("events", "edit", note, "--private", "--json").json["visibility"] == "private"
    assert shell("events", "edit", note, "--shared", "--json").json["visibility"] == "shared"
    monkeypatch.setenv("DASHBOARD_USER", "Boris")
    answer = shell("events", "edit", note, "--private")
    assert answer.code == 2
    assert "can be changed by Anna" in answer.err


def test_any_revision_is_restored_as_a_new_one(shell, note):
    shell("events", "edit", note, "--title", "Second words")
    shell("events", "edit", note, "--title", "Third words")
    back = shell("events", "restore", note, "--revision", "1", "--json").json
    assert (back["title"], back["revision"]) == ("First words", 4)
    answer = shell("events", "restore", note, "--revision", "9")
    assert (answer.code, answer.out) == (2, "")
    assert "there is no revision 9" in answer.err


def test_a_category_of_ones_own_is_kept_found_and_bounded(shell):
    added = shell("events", "add", "x", "--date", "2025-04-21", "--category", "Harvest", "--json")
    assert added.json["category"] == "Harvest"
    assert listed(shell, "--category", "Harvest") == {added.json["id"]}
    answer = shell("events", "add", "x", "--date", "2025-04-21", "--category", "h" * 41)
    assert (answer.code, answer.out) == (2, "")
    assert "category: 41 characters, at most 40 are kept" in answer.err
