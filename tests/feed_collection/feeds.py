"""Feeds that are right, wrong, hostile or only strange, with what is expected of each."""

from __future__ import annotations

from tests.feed_collection.form import atom, entry, feed, item, rss

PLAIN = "Thu, 03 Sep 2026 10:00:00 +0300"
AT = "2026-09-03T07:00Z"
CYRILLIC = "Банк России сохранил ставку"
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


def dated(case_id, date, expected, says="", **more):
    """A feed with one item of this date."""
    return feed(case_id, rss(item("T", date)), [("T", expected)], says, **more)


DATES = (
    dated("offset", PLAIN, AT),
    dated("offset_of_another_clock", "Sun, 06 Sep 2026 18:30:00 +0400", "2026-09-06T14:30Z"),
    dated("msk", "Thu, 03 Sep 2026 10:00:00 MSK", AT),
    dated("msk_in_russian_letters", "Thu, 03 Sep 2026 10:00:00 МСК", AT),
    dated("gmt", "Thu, 03 Sep 2026 10:00:00 GMT", "2026-09-03T10:00Z"),
    dated("american_summer", "Thu, 03 Sep 2026 10:00:00 EDT", "2026-09-03T14:00Z"),
    dated("winter_letters_in_summer", "Thu, 03 Sep 2026 10:00:00 EST", "2026-09-03T14:00Z",
          "not what clocks in America/New_York showed"),
    dated("letters_of_several_places", "Thu, 03 Sep 2026 10:00:00 IST", "2026-09-03", "IST"),
    dated("no_zone", "Thu, 03 Sep 2026 10:00:00", "2026-09-03", "names no time zone"),
    dated("no_zone_but_a_clock_is_configured", "Thu, 03 Sep 2026 10:00:00", AT,
          "read as Europe/Moscow", zone="Europe/Moscow"),
    dated("dots", "03.09.2026 10:00", AT, "read as Europe/Moscow", zone="Europe/Moscow"),
    dated("dots_without_a_clock", "03.09.2026", "2026-09-03", "only a date"),
    dated("slashes_year_first", "2026/9/3 10:00:00", "2026-09-03", "names no time zone"),
    dated("slashes_that_can_be_two", "03/09/2026 10:00", "?", "can be two dates"),
    dated("russian", "Чт, 03 Сен 2026 10:00:00 +0300", AT),
    dated("russian_in_words", "3 сентября 2026, 10:00", AT, "", zone="Europe/Moscow"),
    dated("seconds_since_1970", "1788418800", AT, "seconds since 1970"),
    dated("iso", "2026-09-03T10:00:00+03:00", AT),
    dated("iso_with_parts_of_seconds", "2026-09-03T07:00:00.123Z", AT),
    dated("iso_day", "2026-09-03", "2026-09-03", "only a date"),
    dated("midnight", "Thu, 03 Sep 2026 00:00:00 +0300", "2026-09-03", "midnight exactly"),
    dated("the_year_1788", "Thu, 03 Sep 1788 10:00:00 +0300", "?", "more than 30 days ago"),
    dated("the_future", "Thu, 03 Sep 2027 10:00:00 +0300", "?", "in the future"),
    dated("a_day_that_is_not", "Thu, 31 Sep 2026 10:00:00 +0300", "?", "is no date"),
    dated("hour_25", "Thu, 03 Sep 2026 25:00:00 +0300", "2026-09-03", "hour cannot be read"),
    dated("words", "yesterday evening", "?", "cannot be read as a date"),
    dated("wrong_weekday", "Mon, 03 Sep 2026 10:00:00 +0300", AT, "day of the week"),
    dated("american_clock", "Sep 3, 2026 10:00 AM MSK", AT),
    dated("google_news", "Thu, 03 Sep 2026 07:00:00 GMT", "2026-09-03", "midnight in California",
          url="https://news.google.com/rss/search?q=x"),
    dated("seven_o_clock_of_others", "Thu, 03 Sep 2026 07:00:00 GMT", AT),
    feed("undated", rss(item("T")), [("T", "?")], "gives no date"),
    feed("updated_only", atom(entry("T", "<updated>2026-09-03T10:00:00+03:00</updated>")),
         [("T", AT)], "date of the last change", content_type="application/atom+xml"),
    feed("published_and_updated", atom(entry(
        "T", "<published>2026-09-03T10:00:00+03:00</published>"
             "<updated>2026-09-05T10:00:00+03:00</updated>")), [("T", AT)]),
)  # fmt: skip

LETTERS = (
    feed("cp1251", rss(item(CYRILLIC, PLAIN), head='<?xml version="1.0" encoding="windows-1251"?>')
         .encode("windows-1251"), [(CYRILLIC, AT)],
         content_type="text/xml; charset=windows-1251"),
    feed("cp1251_with_a_header_that_says_utf8", rss(
        item(CYRILLIC, PLAIN), head='<?xml version="1.0" encoding="windows-1251"?>')
         .encode("windows-1251"), [(CYRILLIC, AT)], "the header says utf-8"),
    feed("cp1251_that_nobody_declares", rss(item(CYRILLIC, PLAIN), head="")
         .encode("windows-1251"), [(CYRILLIC, AT)], "", content_type="text/xml"),
    feed("utf8_with_a_header_that_says_cp1251", rss(item(CYRILLIC, PLAIN)), [(CYRILLIC, AT)],
         "the header says windows-1251", content_type="text/xml; charset=windows-1251"),
    feed("utf8_that_declares_cp1251", rss(
        item(CYRILLIC, PLAIN), head='<?xml version="1.0" encoding="windows-1251"?>'),
         [(CYRILLIC, AT)], "the document says windows-1251"),
    feed("utf16", rss(item(CYRILLIC, PLAIN), head='<?xml version="1.0" encoding="utf-16"?>')
         .encode("utf-16"), [(CYRILLIC, AT)], content_type="application/xml"),
    feed("byte_order_mark", b"\xef\xbb\xbf" + rss(item(CYRILLIC, PLAIN)).encode(),
         [(CYRILLIC, AT)]),
    feed("a_character_set_that_is_none", rss(
        item("T", PLAIN), head='<?xml version="1.0" encoding="x-nothing"?>'), [("T", AT)]),
    feed("blank_line_first", "\n \n" + rss(item("T", PLAIN)), [("T", AT)]),
    feed("null_bytes", rss(item("T\x00\x01itle", PLAIN)), [("Title", AT)]),
)  # fmt: skip

WORDS = (
    feed("script_in_title", rss(item(
        "&lt;script&gt;alert(1)&lt;/script&gt;Rouble &amp;amp; dollar", PLAIN)),
         [("Rouble & dollar", AT)]),
    feed("marks_in_cdata", rss(item("<![CDATA[<b>Rouble</b> <img src=x onerror=y>firms]]>", PLAIN)),
         [("Rouble firms", AT)]),
    feed("smaller_than_in_title", rss(item("Rate &lt; 80 &amp; falling", PLAIN)),
         [("Rate < 80 & falling", AT)]),
    feed("headline_and_publisher", rss(item(
        "Rouble firms - again - The Times", PLAIN,
        more='<source url="https://times.example">The Times</source>')),
         [("Rouble firms - again", AT)]),
    feed("no_title", rss("<item><link>https://news.example/1</link><description>The rouble firmed."
                         f"</description><pubDate>{PLAIN}</pubDate></item>"),
         [("The rouble firmed.", AT)]),
    feed("nothing_in_an_item", rss(item("T", PLAIN), "<item></item>"), [("T", AT)],
         "without any words"),
    feed("link_that_runs", rss(item("T", PLAIN, "javascript:alert(1)")), [("T", AT)], links=("",)),
    feed("link_with_a_user", rss(item("T", PLAIN, "https://bank.example@evil.example/")),
         [("T", AT)], links=("",)),
    feed("guid_for_a_link", rss(
        "<item><title>T</title><guid isPermaLink=\"false\">https://news.example/7</guid>"
        f"<pubDate>{PLAIN}</pubDate></item>"), [("T", AT)], links=("https://news.example/7",)),
    feed("link_from_here", rss(item("T", PLAIN, "/a/1")), [("T", AT)],
         links=("https://news.example/a/1",)),
    feed("a_long_title", rss(item("word " * 400, PLAIN)), [(" ".join(["word"] * 99) + "…", AT)]),
    feed("named_entities", rss(item("&laquo;Rate&raquo; &mdash; 80", PLAIN)),
         [("«Rate» — 80", AT)]),
    feed("right_to_left_override", rss(item("Rate\u202e08 up", PLAIN)), [("Rate 08 up", AT)]),
)  # fmt: skip

SHAPES = (
    feed("atom", atom(entry("T", "<published>2026-09-06T18:30:00+04:00</published>")),
         [("T", "2026-09-06T14:30Z")], links=("https://news.example/1",)),
    feed("rdf", '<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" '
         f'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {DC}><item rdf:about='
         '"https://news.example/1"><title>T</title><link>https://news.example/1</link>'
         "<dc:date>2026-09-03T10:00:00+03:00</dc:date></item></rdf:RDF>", [("T", AT)]),
    feed("no_items", rss(), []),
    feed("cut_off", rss(item("T", PLAIN), item("Half", PLAIN))[:-90], [("T", AT), ("Half", "?")],
         "cut off"),
    feed("not_well_formed", rss(item("Tom & Jerry", PLAIN)), [("Tom & Jerry", AT)],
         "not well-formed"),
    feed("600_items", rss(*(item(f"T{n}", PLAIN, f"https://news.example/{n}")
                            for n in range(600))),
         [(f"T{n}", AT) for n in range(500)], "the first 500 were read"),
    feed("the_same_item_twice", rss(item("T", PLAIN), item("T", PLAIN)), [("T", AT), ("T", AT)]),
)  # fmt: skip

REFUSED = (
    feed("challenge", "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>"
         "<noscript>Enable JavaScript and cookies</noscript></body></html>",
         None, "a page that keeps programs out", content_type="text/html"),
    feed("a_page", "<html><head><title>Home</title></head><body>News</body></html>", None,
         "a web page instead of a feed"),
    feed("a_page_that_calls_itself_xml", '<?xml version="1.0"?><!DOCTYPE html><html><body>x</body>'
         "</html>", None, "a web page instead of a feed"),
    feed("other_xml", '<?xml version="1.0"?><ValCurs><Valute/></ValCurs>', None,
         "neither RSS nor Atom"),
    feed("json", '{"version": "https://jsonfeed.org/version/1.1", "items": []}', None, "JSON"),
    feed("empty", "", None, "answered nothing"),
    feed("plain_words", "Service unavailable", None, "instead of RSS or Atom"),
    feed("bytes", bytes(range(256)) * 4, None, ""),
    feed("gzip_inside", b"\x1f\x8b\x08\x00" + bytes(40), None, ""),
    feed("too_long", rss(item("x" * 5_100_000, PLAIN)), None, "more than 5 MB"),
    feed("a_path", b"/etc/passwd", None, "instead of RSS or Atom"),
    feed("an_address", b"http://127.0.0.1:9/feed", None, "instead of RSS or Atom"),
)  # fmt: skip

LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">' for n in range(10)
)
ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(100_000))
HOSTILE = (
    feed("billion_laughs", f'<?xml version="1.0"?><!DOCTYPE r [{LAUGHS}]>'
         + rss(item("A &l9; B", PLAIN), head=""), [("A &l9; B", AT)], ""),
    feed("quadratic_entity", f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "{"x" * 50_000}">]>'
         + rss(item("T", PLAIN, more=f"<description>{'&a;' * 50_000}</description>"), head=""),
         [("T", AT)], "not well-formed"),
    feed("entity_of_a_file", '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY f SYSTEM '
         '"file:///etc/passwd">]>' + rss(item("A &f; B", PLAIN), head=""), [("A &f; B", AT)], ""),
    feed("external_doctype", '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x">'
         + rss(item("T", PLAIN), head=""), [("T", AT)]),
    feed("stylesheet", '<?xml version="1.0"?><?xml-stylesheet href="http://127.0.0.1:9/x"?>'
         + rss(item("T", PLAIN), head=""), [("T", AT)]),
    feed("a_hundred_thousand_attributes", rss(
        item("T", PLAIN, more=f"<x {ATTRIBUTES}/>")),
         None, "too tangled"),
    feed("deep", rss(item("T", PLAIN, more="<x>" * 10_000 + "</x>" * 10_000)), [("T", AT)]),
    feed("a_long_tag_that_never_ends", rss(item("T", PLAIN), "<item><title>" + "<" * 50_000),
         [("T", AT)]),
    feed("many_open_brackets_in_a_title", rss(item("<![CDATA[" + "<a " * 50_000 + "]]>", PLAIN)),
         None, "too tangled"),
)  # fmt: skip

FEEDS = (*DATES, *LETTERS, *WORDS, *SHAPES, *REFUSED, *HOSTILE)
