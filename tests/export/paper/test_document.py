"""The PDF: it is made of any text, names its source on every page, and is the same each time."""

import re
import zlib

import pytest

from dashboard.export.paper.document import pdf_bytes
from tests.made_report import HOSTILE, made_report, with_links


def streams(content):
    """The streams of a PDF, unpacked."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S)
    out = []
    for stream in found:
        try:
            out.append(zlib.decompress(stream))
        except zlib.error:
            out.append(stream)
    return b"\n".join(out)


def pages_of(content):
    return len(re.findall(rb"/Type /Page\b", content))


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_makes_a_document(text):
    content = pdf_bytes(made_report(text, charts=()))
    assert content.startswith(b"%PDF")
    assert b"/JavaScript" not in content
    assert b"/Launch" not in content


def test_only_http_addresses_are_links():
    plain = pdf_bytes(made_report())
    assert b"(https://bank.example/)" in plain
    assert b"(http://127.0.0.1:8501/event?id=x&pool=all)" in plain
    hostile = pdf_bytes(with_links(made_report(charts=()), "javascript:alert(1)"))
    assert b"/URI" not in hostile


def test_cyrillic_letters_are_embedded():
    content = pdf_bytes(made_report("Кремль", charts=()))
    unpacked = streams(content)
    # К is U+041A: the map from glyphs to letters, which makes the text searchable, names it.
    assert b"<041A>" in unpacked.upper()
    assert b"DejaVuSans" in content


def test_long_tables_go_on_over_pages():
    short = made_report(charts=())
    table = short.tables[0]
    rows = tuple((str(k), f"event {k}") for k in range(200))
    long = made_report(tables=(type(table)(table.title, table.columns, rows),), charts=())
    assert pages_of(pdf_bytes(short)) < 3 < pages_of(pdf_bytes(long))


def test_the_document_says_when_it_was_made_and_is_the_same_each_time():
    content = pdf_bytes(made_report())
    assert content == pdf_bytes(made_report())
    assert b"D:20261126120000" in content
    assert b"/Lang (en)" in content
