"""The error box of a page has an id that is also in the log, and no internals."""

import logging
import re

from streamlit.testing.v1 import AppTest

from tests.ui.app_in_test import SECONDS, words_of

SCRIPT = """
from dashboard.models.errors import InputError
from dashboard.app import show_error
try:
    raise ERROR
except Exception as error:
    assert show_error(error) is True
"""


def page_after(error):
    return AppTest.from_string(SCRIPT.replace("ERROR", error), default_timeout=SECONDS).run()


def test_the_id_on_the_page_is_the_id_in_the_log(caplog):
    with caplog.at_level(logging.ERROR, logger="dashboard.pages"):
        app = page_after("RuntimeError('no such table: notes in /home/anna/events.sqlite3')")
    (shown,) = [code.value for code in app.code]
    assert re.fullmatch("[0-9a-f]{8}", shown)
    assert f"page error {shown}" in caplog.text
    assert "no such table" in caplog.text


def test_nothing_of_the_inside_is_on_the_page():
    text = words_of(page_after("RuntimeError('no such table: notes in /home/anna')"))
    assert "Something went wrong on this page" in text
    assert "Your notes are safe" in text
    for inside in ("anna", "no such table", "Traceback", "RuntimeError", ".py"):
        assert inside not in text


def test_what_a_reader_can_mend_is_said():
    text = words_of(page_after("InputError('series gold: not known; choose one of usd_rub_cbr')"))
    assert "series gold: not known; choose one of usd_rub_cbr" in text
