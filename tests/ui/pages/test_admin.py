"""Administration: people, tokens, the audit trail and backups, by the owner of the machine."""

from contextlib import closing

import pytest

from dashboard.container import build_context
from dashboard.models.people import Role, Scope
from tests.ui.app_in_test import HOSTILE, as_read, has_markup, open_page, press, tables_of


@pytest.fixture
def notes(dashboard_home):
    with closing(build_context().notes) as notes:
        yield notes


def test_a_role_is_given_and_taken_back(notes):
    notes.people.give_role("ann", Role.VIEWER)
    app = open_page("admin")
    app.selectbox(key="admin.person").set_value("ann").run()
    app.selectbox(key="admin.role").set_value(Role.EDITOR).run()
    press(app, "Give this role")
    assert "ann: the role is editor now" in as_read(app)
    assert notes.people.find("ann").given_role is Role.EDITOR
    app.selectbox(key="admin.role").set_value("default").run()
    press(app, "Give this role")
    assert notes.people.find("ann").given_role is None


def test_a_person_is_signed_out_everywhere_and_removed(notes):
    notes.people.give_role("ann", Role.VIEWER)
    app = open_page("admin")
    app.selectbox(key="admin.person").set_value("ann").run()
    press(app, "Sign out everywhere")
    assert notes.people.find("ann").signed_out_at is not None
    press(app, "Delete the data of ann")
    assert "ann was removed" in as_read(app)
    assert notes.people.find("ann") is None


def test_a_token_is_made_shown_once_and_revoked(notes):
    app = open_page("admin")
    app.text_input(key="admin.token_name").set_value("desk")
    app.text_input(key="admin.token_person").set_value("ann")
    app.selectbox(key="admin.token_scope").set_value(Scope.READ)
    press(app, "Make the token")
    assert any(code.value.startswith("rr_") for code in app.code)
    (token,) = notes.tokens.tokens()
    assert (token.name, token.person, token.scope) == ("desk", "ann", Scope.READ)
    assert notes.audit.entries(1)[0].author == notes.person
    app.selectbox(key="admin.token").set_value("desk").run()
    assert not any(code.value.startswith("rr_") for code in app.code)
    press(app, "Revoke")
    assert notes.tokens.tokens()[0].revoked is not None


def test_what_cannot_be_is_said_in_one_line():
    app = open_page("admin")
    app.text_input(key="admin.token_name").set_value("no name")
    press(app, "Make the token")
    assert 'Not done: token "no name": name it with letters' in as_read(app)


def test_the_audit_trail_is_filtered(notes):
    notes.people.give_role("ann", Role.VIEWER)
    notes.audit.write("backup", "a.zip")
    app = open_page("admin", action="back")
    assert "1 entry" in as_read(app)
    assert ["a.zip"] in [list(table["Of"]) for table in tables_of(app) if "Of" in table]


def test_a_backup_is_made(notes, dashboard_home):
    notes.people.give_role("ann", Role.VIEWER)
    app = open_page("admin")
    press(app, "Make a backup now")
    (file,) = (dashboard_home / "backups").glob("manual-*.zip")
    assert file.name in as_read(app)


def test_names_of_people_and_files_are_shown_as_they_are(notes, dashboard_home):
    notes.people.give_role(HOSTILE, Role.VIEWER)
    notes.audit.write(HOSTILE, HOSTILE)
    (dashboard_home / "backups").mkdir()
    (dashboard_home / "backups" / "<img src=x> ![a](x) <b>.zip").write_bytes(b"")
    app = open_page("admin")
    app.selectbox(key="admin.person").set_value(HOSTILE).run()
    assert not has_markup(app)
    press(app, "Give this role")
    assert f"{HOSTILE}: the role is" in as_read(app)
    assert not has_markup(app)
