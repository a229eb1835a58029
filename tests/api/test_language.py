"""A client of the API chooses the language of its messages."""

from __future__ import annotations

import pytest

from dashboard.api.app import parse_accept_language
from tests.made_catalogue import write_catalogue

TRANSLATIONS = {
    "There is nothing at this address; see /api/openapi.json for what there is.": "Rien ici.",
    "is not a date; write it as 2024-03-13": "n'est pas une date",
}


@pytest.fixture(autouse=True)
def french(tmp_path, monkeypatch):
    write_catalogue(tmp_path, "fr", TRANSLATIONS, monkeypatch)


@pytest.mark.parametrize(
    ("accepted", "detail"),
    [
        ("fr", "Rien ici."),
        ("fr-CA,en;q=0.5", "Rien ici."),
        ("de, fr;q=0.2", "Rien ici."),
        ("en, fr;q=0.9", "There is nothing at this address"),
        ("fr;q=0", "There is nothing at this address"),
        ("de", "There is nothing at this address"),
        ("../../fr;q=x,;;,", "There is nothing at this address"),
        ("", "There is nothing at this address"),
    ],
)
def test_a_message_is_in_the_language_that_the_client_accepts(ask, accepted, detail):
    answer = ask("/v1/nothing", accept_language=accepted)
    assert answer.status == 404
    assert answer.json["detail"].startswith(detail)


def test_the_next_request_has_its_own_language(ask):
    assert ask("/v1/nothing", accept_language="fr").json["detail"] == "Rien ici."
    assert ask("/v1/nothing").json["detail"].startswith("There is nothing")


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("da, en-GB;q=0.8, en;q=0.7", ["da", "en-GB", "en"]),  # RFC 9110, section 12.5.4
        ("en;q=0.1, fr", ["fr", "en"]),
        ("fr;q=0, en;level=1", ["en"]),
        ("fr;q=much", []),
        ("", []),
    ],
)
def test_languages_are_taken_by_their_weight(header, tags):
    assert parse_accept_language(header) == tags
