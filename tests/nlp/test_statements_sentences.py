"""Where a sentence ends, and what in it is its author's own."""

import pytest

from dashboard.nlp.statements import MAX_SENTENCE_LENGTH, plain_text, split_sentences


def parts(text):
    return [item.text for item in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. Treasury said so.",
        "On Sept. 21 Mr. Putin spoke to Gen. Smith of St. Petersburg.",
        "At 9:30 p.m. ET he spoke.",
        "Курс вырос до 78,3 руб. за долл. в 2025 г. после заседания.",
        "Москва. 18 июля."[8:],
        "J. D. Vance said 80.5 was enough.",
        '"Why now?" he asked.',
    ],
)
def test_a_full_stop_inside_ends_nothing(text):
    assert parts(text) == [text.strip()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ('He said "no." She said "yes."', ['He said "no."', 'She said "yes."']),
        ("A title\nA sentence.", ["A title", "A sentence."]),
        ("It ended at 5 p.m. Trump left.", ["It ended at 5 p.m.", "Trump left."]),
    ],
)
def test_a_sentence_ends_where_it_ends(text, expected):
    assert parts(text) == expected


def test_what_is_quoted_is_not_the_authors_own():
    (sentence,) = split_sentences('"Not on Monday," Putin said on Friday.')
    assert len(sentence.unquoted) == len(sentence.text)
    assert "Monday" not in sentence.unquoted
    assert sentence.unquoted.endswith("Putin said on Friday.")


def test_a_quote_that_is_never_closed_ends_with_its_paragraph():
    first, second = split_sentences('He said: "Not on Monday\nTrump said on Friday that x.')
    assert "Monday" not in first.unquoted
    assert "Friday" in second.unquoted


def test_a_sentence_without_an_end_is_cut():
    assert all(len(part) <= MAX_SENTENCE_LENGTH for part in parts("word " * 2_000))


def test_letters_that_are_not_seen_are_taken_out():
    assert plain_text("Pu\u200btin\u00a0said \u202eon\u00ad Sunday\r\n") == "Putin said on Sunday\n"
