"""The language of the command line is a setting; another language is a catalogue."""

from __future__ import annotations

import pytest

from dashboard.models.messages import ENGLISH, set_default_language
from tests.made_catalogue import write_catalogue

TRANSLATIONS = {
    "is no date; write it like 2025-04-21": "n'est pas une date ; par exemple 2025-04-21",
    "{requested}: before the data of {id}; {first}": "{requested} : avant {id} ({first})",
    "they start on {day}": "elles commencent le {day}",
    "As known then: 2026-11-20 or 2026-11-20T09:00Z.": "Connu alors.",
    "written to {folder}": "écrit dans {folder}",
    "Show every change to a note.": "Montrer chaque modification d'une note.",
    "Time zone, else Europe/Moscow.": "Fuseau, sinon Europe/Moscow.",
    "first day": "premier jour",
    "Free use with attribution to the Bank of Russia": "Usage libre en citant la banque",
    "error: {message}": "erreur : {message}",
}


@pytest.fixture(autouse=True)
def french(tmp_path, monkeypatch):
    write_catalogue(tmp_path / "locale", "fr", TRANSLATIONS, monkeypatch)
    monkeypatch.setenv("DASHBOARD_LANGUAGE", "fr")
    yield
    set_default_language(ENGLISH)


def test_an_error_is_in_the_language_of_the_setting(run_cli):
    answer = run_cli("facts", "2012-01-01")
    assert answer.code == 2
    assert answer.err == (
        "erreur : 2012-01-01 : avant usd_rub_cbr (elles commencent le 2013-01-09)\n"
    )


def test_an_error_of_an_argument_is_too(run_cli):
    assert "n'est pas une date" in run_cli("facts", "soon").err


def test_a_table_is_in_the_language_but_not_its_json(run_cli):
    table = run_cli("rates", "list").out
    assert "premier jour" in table
    assert "Usage libre en citant la banque" in table
    assert "Usage libre" not in run_cli("rates", "list", "--json").out


def test_what_is_not_translated_stays_english(run_cli):
    assert "52 weeks:" in run_cli("facts", "2025-04-21").out


def test_the_help_is_in_the_language_too(run_cli):
    assert "Connu alors." in run_cli("facts", "--help").out
    assert "Montrer chaque modification" in run_cli("events", "history", "--help").out
    assert "Fuseau, sinon" in run_cli("events", "add", "--help").out


def test_english_is_the_default(run_cli, monkeypatch):
    monkeypatch.delenv("DASHBOARD_LANGUAGE")
    assert "is no date; write it like 2025-04-21" in run_cli("facts", "soon").err


def test_an_unknown_language_is_refused_in_one_line(run_cli, monkeypatch):
    monkeypatch.setenv("DASHBOARD_LANGUAGE", "xx")
    answer = run_cli("facts", "2025-04-21")
    assert answer.code == 2
    assert "DASHBOARD_LANGUAGE" in answer.err
    assert "take one of en, fr" in answer.err
