"""The catalogue of messages is the one of the code, and a translation changes what is shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from dashboard.models.messages import translate, use_language
from tests.made_catalogue import use_catalogues
from tools.update_messages import (
    FOLDER,
    compile_catalogue,
    format_catalogue,
    placeholder_problems,
    update,
)

REFUSED = "there are no messages in this language; choose one of {languages}"


def test_the_files_of_the_catalogue_are_those_of_the_code():
    stale = [path for path, content in update(FOLDER).items() if path.read_bytes() != content]
    assert stale == [], "run `make messages`"


def test_another_language_is_one_file(tmp_path, monkeypatch):
    path = tmp_path / "fr" / "LC_MESSAGES" / "dashboard.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(update(tmp_path, ["fr"])[path])
    with path.open("rb") as file:
        french = read_po(file, locale="fr")
    french[REFUSED].string = "pas de messages dans cette langue; choisissez parmi {languages}"
    path.write_bytes(format_catalogue(french))
    path.with_suffix(".mo").write_bytes(update(tmp_path)[path.with_suffix(".mo")])
    use_catalogues(tmp_path, monkeypatch)
    with use_language("fr"):
        assert translate(REFUSED, languages="en") == (
            "pas de messages dans cette langue; choisissez parmi en"
        )


@pytest.mark.parametrize(
    ("text", "translation", "problems"),
    [
        ("{n} of {total}", "{total}: {n}", 0),
        ("{share:.0%} of all", "{share:.1%}", 0),
        ("{n} of {total}", "{m}", 1),
        (("{n} day", "{n} days"), ("{n} jour", "{k} jours"), 1),
        ("all", "", 0),
    ],
)
def test_a_translation_has_the_placeholders_of_its_message(text, translation, problems):
    catalogue = Catalog(locale="fr")
    catalogue.add(text, translation)
    assert len(list(placeholder_problems(catalogue))) == problems


def test_the_files_do_not_change_with_the_day():
    made = []
    for day in (1, 2):
        catalogue = Catalog(
            locale="fr", fuzzy=False, creation_date=datetime(2026, 1, day, tzinfo=UTC)
        )
        catalogue.add("all", "tous")
        made.append((format_catalogue(catalogue), compile_catalogue(catalogue)))
    assert made[0] == made[1]
