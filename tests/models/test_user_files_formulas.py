"""The formula guard: nothing a spreadsheet would run starts a cell, and nothing is lost."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dashboard.models.user_files import escape_formula, unescape_formula

# Written out here, not taken from the code: ASVS 1.2.10, OWASP, and the full-width forms.
STARTS = "=+-@\t\r\0＝＋－＠"
HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from(STARTS + "',;|\n \"\u00a0\u200babc1"),
        st.characters(exclude_categories=["Cs"]),
    )
)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+7 495", "'+7 495"),
        ("-5 %", "'-5 %"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("＝1+1", "'＝1+1"),
        ("  =1", "  '=1"),
        ('"=1"', '"\'=1"'),
        ("\u200b=1", "\u200b'=1"),
        ("a;=1", "a;'=1"),
        ("a,b|\n@x", "a,b|\n'@x"),
        ("'=1", "''=1"),
        ("=", "'="),
    ],
)
def test_a_quote_stands_before_what_could_start_a_formula(text, written):
    assert escape_formula(text) == written
    assert unescape_formula(written) == text


@pytest.mark.parametrize(
    "text", ["", "talks", "cbr-2014-03-03", "a=b", "5 - 3", "me@example.org", "it's", "'quoted'"]
)
def test_other_text_stays_as_it_is(text):
    assert escape_formula(text) == text
    assert unescape_formula(text) == text


@given(HOSTILE)
@example("'''=")
@example("=,=;'-\n'\"+")
@settings(max_examples=500)
def test_guarding_and_unguarding_gives_the_text_back(text):
    assert unescape_formula(escape_formula(text)) == text


@given(HOSTILE)
@settings(max_examples=500)
def test_no_part_of_a_guarded_text_starts_dangerously(text):
    for part in re.split(r"[,;|\n]", escape_formula(text)):
        assert part.lstrip(' "\u00a0\u200b')[:1] not in set(STARTS)


def test_a_long_text_takes_no_time():
    for unit in ("\n", "=", "' ", "=,", "'=", "\u200b"):
        assert unescape_formula(escape_formula(unit * 100_000)) == unit * 100_000
