"""User text on the screen: shown as it was written, and nothing more."""

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.presentation.escaping import (
    clean_text,
    escape_label,
    escape_markdown,
    escape_plot,
    format_markdown_link,
    plain_text,
    plain_text_block,
    safe_link,
    truncate,
)

JOINER = "\u2060"


def read_back(markdown):
    """What a reader of the Markdown sees: no backslashes of ours, no invisible characters."""
    shown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)
    return "".join(c for c in shown if unicodedata.category(c) != "Cf" or c in "\u200c\u200d")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00\x1b[31m b\r\n\tc", "a [31m b c"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("\ufeffzero\u200bwidth\u00ad", "zerowidth"),
        ("e\u0301", "\u00e9"),
        ("\ud800", "\ufffd"),
        ("a\u0336\u0337\u0338\u0335\u0334\u0333b", "a" + "\u0336\u0337\u0338\u0335b"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("a\u2028b\u0085c", "a b c"),
    ],
)
def test_clean_text_is_one_line_without_what_cannot_be_seen(text, expected):
    cleaned = clean_text(text)
    if "\u0336" in text:
        assert sum(unicodedata.category(c) == "Mn" for c in cleaned) == 4
    else:
        assert cleaned == expected


def test_a_long_text_ends_in_an_ellipsis_within_the_limit():
    assert truncate("a" * 240) == "a" * 240
    assert truncate("a" * 241) == "a" * 239 + "…"
    assert truncate("ab cd", 4) == "ab…"
    assert truncate("abe\u0323\u0301z", 4) == "ab…"
    assert len(plain_text("x" * 10_000)) == 240


def test_right_to_left_text_is_isolated_and_other_text_is_not():
    assert plain_text("שלום abc") == "\u2068שלום abc\u2069"
    assert plain_text("\u202eabc") == "abc"
    assert escape_plot("مرحبا") == "\u2068مرحبا\u2069"
    assert escape_markdown("שלום") == "\u2068שלום\u2069"


def test_a_text_of_several_lines_keeps_them():
    assert plain_text_block("one\r\n\ttwo\x07\n\nthree") == "one\ntwo\n\nthree"


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://evil.example/a.png)",
        "[x](https://evil.example)",
        "<img src=x onerror=alert(1)>",
        "<https://evil.example>",
        "**bold** _it_ ~~no~~ `code`",
        "$a^2$ $$b$$",
        "&lt;b&gt; &amp; &#60;",
        "# head",
        "> quote",
        "[^1]",
        "a\\*b\\",
        ":red[x] :blue-background[y]",
        "x | y",
        "{a}",
    ],
)
def test_every_sign_of_markdown_is_written_with_a_backslash(text):
    escaped = escape_markdown(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>!&~$|#{}]", escaped.replace(JOINER, ""))
    assert read_back(escaped) == text


@pytest.mark.parametrize("text", ["- item", "+ item", "= x", "1. one", "12) two", "---"])
def test_a_line_cannot_start_a_block(text):
    assert re.match(r"\\|\d+\\", escape_markdown(text))
    assert read_back(escape_markdown(text)) == text


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("see https://evil.example/x", r"https?://"),
        ("HTTP://EVIL.EXAMPLE", r"(?i)https?://"),
        ("www.evil.example", r"www\."),
        ("WWW.evil.example", r"(?i)www\."),
        ("a@evil.example mailto:a@evil.example", r"[-.\w+]+@[-\w]+"),
        (":smile: :+1: :-1: :100:", r":[-+\w]+:"),
        (":material/home:", r":material/"),
        (":streamlit:", r":streamlit:"),
        ("::leaf :::container :red[x]", r":[a-z]"),
        ("a -> b <- c <-> d -- e >= f <= g ~= h", r"(?:^|\s)(?:<->|->|<-|--|>=|<=|~=)(?:\s|$)"),
    ],
)
def test_what_streamlit_replaces_after_parsing_is_broken_without_a_trace(text, pattern):
    shown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escape_markdown(text))
    assert re.search(pattern, text)
    assert not re.search(pattern, shown)
    assert shown.replace(JOINER, "") == text


@given(st.text(max_size=300))
def test_markdown_reads_back_as_the_text(text):
    assert read_back(escape_markdown(text)) == read_back(plain_text(text).replace("\\", "\\\\"))


def test_a_label_is_shorter():
    assert len(escape_label("x" * 200)) == 90


def test_plot_text_shows_html_templates_maths_and_colours_as_they_are():
    text = "<b>x</b> %{customdata[1]} $a$ #000001 \"q\" 'r' &amp; 100 %"
    written = escape_plot(text)
    assert "<" not in written
    assert "%{" not in written
    assert "$" not in written
    assert not re.search(r"(?<!&)#", written)
    assert html.unescape(written) == text


def test_plot_text_is_wrapped_at_sixty_and_ends_after_four_lines():
    text = escape_plot("word " * 200).split("<br>")
    assert len(text) == 4
    assert all(len(line) <= 60 for line in text)
    assert text[-1].endswith("…")
    assert escape_plot("a" * 130).split("<br>") == ["a" * 60, "a" * 60, "a" * 10]
    assert escape_plot("short") == "short"
    assert escape_plot("") == ""


def test_wide_letters_take_more_room():
    assert len(escape_plot("W" * 100).split("<br>")[0]) == 48
    assert len(escape_plot("漢" * 100).split("<br>")[0]) == 30
    assert len(escape_plot("\ufdfd" * 100).split("<br>")[0]) == 3


@given(st.text(max_size=600))
def test_plot_text_never_holds_a_tag_but_our_line_break(text):
    written = escape_plot(text)
    assert "<" not in written.replace("<br>", "")
    assert ">" not in written.replace("<br>", "")
    assert written.count("<br>") <= 3


@pytest.mark.parametrize(
    "url",
    ["https://example.org", "http://example.org/a?b=1#c", "https://пример.рф/путь", "HTTPS://A.B/"],
)
def test_a_web_address_may_be_live(url):
    assert safe_link(f" {url} ") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:a@b.co",
        "//example.org",
        "example.org",
        "https://",
        "https:///x",
        "https://bank.ru@evil.example",
        "https://exa mple.org",
        "https://example.org/\u202e",
        "https://example.org/<b>",
        'https://example.org/"x',
        "http://[::1",
        "https://example.org/" + "x" * 2_000,
    ],
)
def test_any_other_address_is_text(url):
    assert safe_link(url) is None


def test_a_link_in_markdown_is_live_only_for_a_web_address():
    assert format_markdown_link("[x]", "https://example.org/a_(b)?c=$d") == (
        "[\\[x\\]](<https://example.org/a_(b)?c=%24d>)"
    )
    assert format_markdown_link("x", "javascript:alert(1)") == "x"


def test_ten_thousand_characters_of_one_kind_take_no_time():
    for unit in "\n :@-<>=\\*[w\u0301\u05d0$":
        for show in (plain_text, escape_markdown, escape_plot, plain_text_block):
            show(unit * 30_000)
