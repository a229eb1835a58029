"""Files that hold no events in a form that is read: each is called what it is."""

from __future__ import annotations

import gzip

from tests.event_collection.form import cases_of

RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>Talks</title>'
    "<pubDate>Tue, 05 Mar 2024 10:30:00 GMT</pubDate></item></channel></rss>"
)
LAUGHS = '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss>&b;</rss>'

CASES = cases_of(
    "f.csv",
    ("RSS", RSS, "reject", "is a news feed", {"name": "f.rss"}),
    ("RSS with a mark", b"\xef\xbb\xbf" + RSS.encode(), "reject", "is a news feed",
     {"name": "f.xml"}),
    ("RSS in utf-16", b"\xff\xfe" + RSS.encode("utf-16-le"), "reject", "is a news feed",
     {"name": "f.xml"}),
    ("Atom", '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>', "reject",
     "is a news feed", {"name": "f.atom"}),
    ("RDF", '<?xml version="1.0"?>\n<!-- x -->\n<rdf:RDF></rdf:RDF>', "reject", "is a news feed",
     {"name": "f.rdf"}),
    ("a feed that laughs", LAUGHS, "reject", "XML", {"name": "f.xml"}),
    ("XML of another kind", "<?xml version='1.0'?><kml/>", "reject", "is XML", {"name": "f.xml"}),
    ("a page", "<!DOCTYPE html><html><body><table><tr><td>2024-03-05</td></tr></table>", "reject",
     "is a web page", {"name": "f.html"}),
    ("a page without a type", "\n<HTML><p>date,title", "reject", "is a web page",
     {"name": "f.csv"}),
    ("a challenge page in place of a file", "<!doctype html><title>Just a moment...</title>",
     "reject", "is a web page", {"name": "events.csv"}),
    ("a table that Excel calls .xls", "<html xmlns:x='urn:x'><table><tr><td>date</td></tr></table>",
     "reject", "is a web page", {"name": "f.xls"}),
    ("a PDF", b"%PDF-1.7\n\xe2\xe3", "reject", "is a PDF", {"name": "f.pdf"}),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(50), "reject", "is a picture", {"name": "f.csv"}),
    ("gzip", gzip.compress(b"date,title\n2024-03-05,x\n"), "reject", "is a gzip archive"),
    ("RAR", b"Rar!\x1a\x07\x00", "reject", "is a RAR archive"),
    ("SQLite", b"SQLite format 3\0" + bytes(100), "reject", "is a SQLite database"),
    ("Parquet", b"PAR1\x15\x04", "reject", "is a Parquet file"),
    ("rich text", b"{\\rtf1\\ansi date,title}", "reject", "is a rich text document"),
    ("a program", b"\x7fELF\x02\x01", "reject", "is a program"),
    ("random bytes", bytes((7 * k * k + 13 * k) % 256 for k in range(4_000)), "reject"),
    ("a letter", "Dear all,\nplease find the events below.\nBest\n", "reject", "no column date"),
    ("YAML", "- date: 2024-03-05\n  title: Talks\n", "reject", "no column date",
     {"name": "f.yaml"}),
    ("a vCard", "BEGIN:VCARD\r\nFN:Somebody\r\nEND:VCARD\r\n", "reject", "no column date",
     {"name": "f.vcf"}),
)  # fmt: skip
