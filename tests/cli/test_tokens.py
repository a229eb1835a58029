"""Tokens and the record at the shell."""

import re

SECRET = r"rr_[A-Za-z0-9_-]{43}"


def test_a_token_is_shown_once_and_listed_without_its_secret(shell, dashboard_home):
    made = shell("tokens", "create", "desk", "--person", "Ann", "--days", "30")
    assert made.code == 0
    assert re.fullmatch(SECRET, made.out.strip())
    assert "writes as Ann until" in made.err
    (listed,) = shell("tokens", "list", "--json").json
    assert (listed["name"], listed["person"], listed["state"]) == ("desk", "Ann", "holds")
    assert listed["last_used"] is None
    shown = shell("tokens", "list")
    assert "Ann" in shown.out
    assert re.search(SECRET, shown.out + str(listed)) is None
    kept = b"".join(f.read_bytes() for f in dashboard_home.rglob("*") if f.is_file())
    assert made.out.strip().encode() not in kept


def test_two_tokens_are_never_alike_and_a_name_is_used_once(shell):
    first = shell("tokens", "create", "one", "--json").json
    second = shell("tokens", "create", "two", "--json").json
    assert first["token"] != second["token"]
    assert (first["person"], first["expires"]) == ("one", None)
    again = shell("tokens", "create", "one")
    assert again.code == 2
    assert "there is one of this name already" in again.err


def test_a_token_is_revoked_by_its_name(shell):
    shell("tokens", "create", "desk")
    done = shell("tokens", "revoke", "desk")
    assert (done.code, done.out) == (0, "token desk is revoked: it is refused from now on\n")
    assert shell("tokens", "list", "--json").json[0]["state"] == "revoked"
    unknown = shell("tokens", "revoke", "nope")
    assert (unknown.code, len(unknown.err.splitlines())) == (2, 1)


def test_a_name_that_cannot_be_typed_again_is_refused(shell):
    for name in ("", "a b", "-x", "x" * 61, "имя", "a\nb"):
        assert shell("tokens", "create", "--", name).code == 2
    assert shell("tokens", "create", "desk", "--days", "0").code == 2


def test_audit_tells_who_did_what_through_which_door(shell, made):
    shell("events", "add", "Kellogg on NATO", "--date", "2025-04-21", "--author", "Ann")
    shell("tokens", "create", "desk", "--person", "Bob")
    shell("tokens", "revoke", "desk")
    file = made("events.csv", "date,title\n2025-04-22,a\n")
    imported = shell("events", "import", file, "--author", "Ann", "--json").json
    shell("events", "undo-import", imported["import"], "--author", "Cid")
    found = shell("audit", "--json").json
    assert [(one["action"], one["who"], one["origin"]) for one in reversed(found)] == [
        ("create", "Anna", "cli"),
        ("token-create", "Bob", "cli"),
        ("token-revoke", "Anna", "cli"),
        ("create", "Anna", "cli"),
        ("import", "Anna", "cli"),
        ("delete", "Anna", "cli"),
        ("undo-import", "Anna", "cli"),
    ]
    revoked = found[4]
    assert (revoked["before"]["revoked"], revoked["subject"]) == (None, "desk")
    assert revoked["after"]["revoked"] >= revoked["before"]["created"]
    assert "sha256" not in revoked["after"]
    shown = shell("audit", "--most", "2").out
    assert len(shown.splitlines()) == 4  # the header, its line, and two actions
    assert "undo-import" in shown


def test_audit_tells_of_rates_of_ones_own(shell, made):
    shell("rates", "import", made("desk.csv", "date,desk\n2025-01-01,90\n2025-01-02,91\n"))
    shell("rates", "import", "--dry-run", made("b.csv", "date,b\n2025-01-01,90\n"))
    shell("rates", "remove", "own_desk")
    found = shell("audit", "--json").json
    assert [(one["action"], one["subject"]) for one in found] == [
        ("rates-remove", "own_desk"),
        ("rates-import", "own_desk"),
    ]
    assert len(found[1]["after"]["sha256"]) == 64


def test_audit_is_one_line_an_action_whatever_a_title_holds(shell):
    shell("events", "add", "two\nlines \x1b[31m", "--date", "2025-04-21")
    assert len(shell("audit").out.splitlines()) == 3
