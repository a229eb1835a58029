"""Texts made to keep a rule busy: none takes long, none is a traceback."""

import time
from datetime import date

import pytest

from dashboard.nlp.statements import read_text

PIECES = [
    "a", " ", "1", '"', "«", "Ab ", "a,", "- ", ".", ". ", "A", "\n", "(", "May 1 ", "80 per ",
    "last ", "in Moscow ", "Putin said ", "Trump and ", "gained 40 % and ", "с начала ",
    "since the ", "\u200b", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_thirty_thousand_characters_of_nothing_are_read_in_time(piece):
    begun = time.process_time()
    read_text(piece * (30_000 // len(piece)), date(2025, 4, 22))
    assert time.process_time() - begun < 8
