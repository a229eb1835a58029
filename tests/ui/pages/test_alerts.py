"""The Alerts page: a rule is made, tried and removed; a target is added and never shown."""

from tests.ui.app_in_test import HOSTILE, as_read, has_markup, open_page, press, tables_of

SECRET = "https://hooks.example.org/p4ssw0rd"


def widget(app, kind, key):
    return next(each for each in getattr(app, kind) if each.key == key)


def test_a_rule_is_made_tried_and_removed():
    app = open_page("alerts")
    assert "There is no rule yet." in as_read(app)
    app = widget(app, "selectbox", "alerts.kind").select("level").run()
    widget(app, "number_input", "alerts.level").set_value(80.0)
    widget(app, "text_input", "alerts.quiet").set_value("22:00-07:00")
    app = press(app, "Add the rule")
    assert "80 RUB per USD is reached from below" in as_read(app)
    assert "on record only, sent nowhere · quiet 22:00–07:00 Europe/Moscow" in as_read(app)
    app = press(app, "What would it have sent in the last year?")
    assert "In the last year it would have raised" in as_read(app)
    assert not app.exception
    app = press(app, "Remove it")
    assert "There is no rule yet." in as_read(app)


def test_an_impossible_rule_is_refused_in_one_line():
    app = open_page("alerts")
    app = widget(app, "selectbox", "alerts.kind").select("claim").run()
    widget(app, "text_input", "alerts.claim").set_value("all is well")
    app = press(app, "Add the rule")
    assert "Not done: claim all is well: holds no claim that usd_rub_cbr can answer" in as_read(app)
    assert "There is no rule yet." in as_read(app)


def test_a_target_is_added_and_its_address_is_nowhere_on_the_page():
    app = open_page("alerts")
    widget(app, "text_input", "alerts.target_name").set_value("desk")
    widget(app, "text_input", "alerts.address").set_value(SECRET)
    app = press(app, "Add the target")
    assert "desk · webhook at hooks.example.org" in as_read(app).replace("**", "")
    assert "p4ssw0rd" not in as_read(app)
    assert "p4ssw0rd" not in str(tables_of(app))


def test_a_frozen_view_changes_nothing():
    app = open_page("alerts", asof="2026-08-01")
    assert "This view is frozen" in as_read(app)
    assert "Add the rule" not in [button.label for button in app.button]


def test_names_and_words_of_people_are_shown_as_they_are():
    app = open_page("alerts")
    widget(app, "text_input", "alerts.target_name").set_value(HOSTILE)
    widget(app, "text_input", "alerts.address").set_value(SECRET)
    app = press(app, "Add the target")
    assert f"{HOSTILE} was added" in as_read(app)
    assert not has_markup(app)
    widget(app, "text_input", "alerts.title").set_value(HOSTILE)
    widget(app, "text_input", "alerts.text").set_value(HOSTILE)
    widget(app, "selectbox", "alerts.target").select(HOSTILE)
    app = press(app, "Add the rule")
    assert f"sent to {HOSTILE}" in as_read(app)
    assert not has_markup(app)
    widget(app, "text_input", "alerts.zone").set_value(HOSTILE)
    widget(app, "text_input", "alerts.quiet").set_value("22:00-07:00")
    app = press(app, "Add the rule")
    assert f"Not done: zone {HOSTILE}" in as_read(app)
    assert not has_markup(app)
    widget(app, "text_input", "alerts.target_name").set_value("desk")
    widget(app, "text_input", "alerts.address").set_value(f"mailto://{HOSTILE}")
    app = press(app, "Add the target")
    assert "is no address that alerts can be sent to" in as_read(app)
    assert not app.exception
