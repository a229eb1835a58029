"""Precedents on the Event page: nothing before it is opened, then answer, paths, tables, links."""

from dashboard.ui.pages.event.precedents import FOLD_KEY
from tests.ui.app_in_test import as_read, figures_of, open_page, tables_of

HEGSETH = "hegseth-nato-2025-02-12"


def test_precedents_are_computed_when_opened_and_follow_their_switches():
    app = open_page("event", id=HEGSETH)
    before = len(figures_of(app))
    assert f"{FOLD_KEY}.made" not in app.session_state
    app.session_state[FOLD_KEY] = True
    app.run()
    assert not app.exception
    text = as_read(app)
    assert "of 8 precedents moved the same way as this event up to offset 1" in text
    assert "By size in units of the volatility before" in text
    figures = figures_of(app)
    assert len(figures) == before + 1
    paths = next(f for f in figures if any("Hegseth" in t.get("name", "") for t in f["data"]))
    # Eight precedents, their median, and the event, each with a label of its own.
    assert len(paths["data"]) == 10
    labels = [note["text"] for note in paths["layout"]["annotations"]]
    assert {"<b>This event</b>", "<b>Median</b>", "9 Jul 2023"} <= set(labels)
    taken = next(t for t in tables_of(app) if "Why taken" in t.columns)
    assert len(taken) == 8
    assert any("biden-not-ready-2023-07-09" in cell for cell in taken["Event"])
    toggle = next(t for t in app.toggle if t.label == "Known at the time")
    toggle.set_value(False).run()
    assert not app.exception
    assert "Earlier and later events." in as_read(app)
    assert app.query_params["pt"] in ("later", ["later"])
