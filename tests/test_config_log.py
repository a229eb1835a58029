"""The log of the server: a line a record, whatever a text holds."""

import json
import logging
import sys

from dashboard.config import JsonLogFormatter


def line_of(message, *arguments, name="dashboard.pages", fault=None):
    record = logging.LogRecord(name, logging.WARNING, "", 0, message, arguments, fault)
    return JsonLogFormatter().format(record)


def test_a_text_with_line_ends_stays_on_its_line():
    line = line_of("note %s", 'x\n2026-01-01 {"level": "info"}\r\u2028\x85')
    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == 'note x\n2026-01-01 {"level": "info"}\r\u2028\x85'


def test_a_fault_is_one_line_with_its_traceback():
    try:
        int("one\ntwo")
    except ValueError:
        line = line_of("failed", fault=sys.exc_info())
    assert len(line.splitlines()) == 1
    assert "ValueError: invalid literal" in json.loads(line)["fault"]


def test_audit_an_action_keeps_its_fields():
    told = json.loads(line_of('{"action": "edit", "who": "Ann"}', name="dashboard.actions"))
    assert (told["action"], told["who"], told["logger"]) == ("edit", "Ann", "dashboard.actions")
    assert json.loads(line_of("no json", name="dashboard.actions"))["message"] == "no json"
