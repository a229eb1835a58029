"""Access tokens and the audit log on the command line."""

import re

SECRET = r"rr_[A-Za-z0-9_-]{43}"


def test_a_token_is_shown_once_and_listed_without_its_secret(run_cli, dashboard_home):
    write_file = run_cli("tokens", "create", "desk", "--person", "Ann", "--days", "30")
    assert write_file.code == 0
    assert re.fullmatch(SECRET, write_file.out.strip())
    assert "writes as Ann until" in write_file.err
    (listed,) = run_cli("tokens", "list", "--json").json
    assert (listed["name"], listed["person"], listed["state"]) == ("desk", "Ann", "holds")
    assert listed["last_used"] is None
    shown = run_cli("tokens", "list")
    assert "Ann" in shown.out
    assert re.search(SECRET, shown.out + str(listed)) is None
    stored = b"".join(f.read_bytes() for f in dashboard_home.rglob("*") if f.is_file())
    assert write_file.out.strip().encode() not in stored


def test_two_tokens_are_never_alike_and_a_name_is_used_once(run_cli):
    first = run_cli("tokens", "create", "one", "--json").json
    second = run_cli("tokens", "create", "two", "--json").json
    assert first["token"] != second["token"]
    assert (first["person"], first["expires"]) == ("one", None)
    again = run_cli("tokens", "create", "one")
    assert again.code == 2
    assert "there is one of this name already" in again.err


def test_a_token_is_revoked_by_its_name(run_cli):
    run_cli("tokens", "create", "desk")
    done = run_cli("tokens", "revoke", "desk")
    assert (done.code, done.out) == (0, "token desk is revoked: it is refused from now on\n")
    assert run_cli("tokens", "list", "--json").json[0]["state"] == "revoked"
    unknown = run_cli("tokens", "revoke", "nope")
    assert (unknown.code, len(unknown.err.splitlines())) == (2, 1)


def test_a_name_that_cannot_be_typed_again_is_refused(run_cli):
    for name in ("", "a b", "-x", "x" * 61, "имя", "a\nb"):
        assert run_cli("tokens", "create", "--", name).code == 2
    assert run_cli("tokens", "create", "desk", "--days", "0").code == 2


def test_audit_tells_who_did_what_through_which_interface(run_cli, write_file):
    run_cli("events", "add", "Kellogg on NATO", "--date", "2025-04-21", "--author", "Ann")
    run_cli("tokens", "create", "desk", "--person", "Bob")
    run_cli("tokens", "revoke", "desk")
    file = write_file("events.csv", "date,title\n2025-04-22,a\n")
    imported = run_cli("events", "import", file, "--author", "Ann", "--json").json
    run_cli("events", "undo-import", imported["import"], "--author", "Cid")
    result = run_cli("audit", "--json").json
    assert [(one["action"], one["who"], one["origin"]) for one in reversed(result)] == [
        ("create", "Anna", "cli"),
        ("token-create", "Bob", "cli"),
        ("token-revoke", "Anna", "cli"),
        ("create", "Anna", "cli"),
        ("import", "Anna", "cli"),
        ("delete", "Anna", "cli"),
        ("undo-import", "Anna", "cli"),
    ]
    revoked = result[4]
    assert (revoked["before"]["revoked"], revoked["subject"]) == (None, "desk")
    assert revoked["after"]["revoked"] >= revoked["before"]["created"]
    assert "sha256" not in revoked["after"]
    shown = run_cli("audit", "--most", "2").out
    assert len(shown.splitlines()) == 4  # the header, its line, and two actions
    assert "undo-import" in shown


def test_audit_tells_of_rates_of_ones_own(run_cli, write_file):
    run_cli("rates", "import", write_file("desk.csv", "date,desk\n2025-01-01,90\n2025-01-02,91\n"))
    run_cli("rates", "import", "--dry-run", write_file("b.csv", "date,b\n2025-01-01,90\n"))
    run_cli("rates", "remove", "own_desk")
    result = run_cli("audit", "--json").json
    assert [(one["action"], one["subject"]) for one in result] == [
        ("rates-remove", "own_desk"),
        ("rates-import", "own_desk"),
    ]
    assert len(result[1]["after"]["sha256"]) == 64


def test_audit_is_one_line_an_action_whatever_a_title_holds(run_cli):
    run_cli("events", "add", "two\nlines \x1b[31m", "--date", "2025-04-21")
    assert len(run_cli("audit").out.splitlines()) == 3
