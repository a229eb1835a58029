"""The HTML page: whatever the texts say, it is one file that runs and asks nothing."""

import base64
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from dashboard.export.report.page import caption_of, fingerprint, footer_html, report_html
from dashboard.models.messages import use_language
from dashboard.models.tables import ReportDocument
from tests.made_report import HOSTILE, made_report, with_links

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="300"/>'
HARMLESS = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "figure", "img",
    "figcaption", "div", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "dl", "dt", "dd",
    "a", "br", "footer", "code",
}  # fmt: skip


class Reader(HTMLParser):
    """What a browser would find: tags with attributes, and the text between them."""

    def __init__(self, content):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)

    def of(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


def html_of(report):
    return report_html(report, [SVG] * len(report.charts))


def test_a_report_is_in_one_language():
    with use_language("ru"):
        page, foot = html_of(made_report()), footer_html(made_report())
    assert Reader(page).of("html") == [{"lang": "ru"}]
    assert "Источники и условия" in page
    assert "Sources and terms" not in page
    assert 'страница <span class="pageNumber"></span> из <span class="totalPages"></span>' in foot


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_only_text(text):
    page = Reader(html_of(made_report(text, charts=())))
    assert {tag for tag, _ in page.tags} <= HARMLESS
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    assert [m.get("http-equiv") for m in page.of("meta") if m.get("http-equiv")] == [
        "Content-Security-Policy"
    ]
    assert page.texts.count(text) >= 4  # heading, title, paragraph, table, list: whole each time
    assert {link["href"] for link in page.of("a")} == {
        "https://bank.example/",
        "https://news.example/?a=1&b=2",
        "http://127.0.0.1:8501/event?id=x&pool=all",
    }


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//evil.x",
     "file:///etc/passwd", " javascript:alert(1)", "", "mailto:a@b.example"],
)  # fmt: skip
def test_an_address_that_is_not_http_is_no_link(url):
    page = Reader(html_of(with_links(made_report(charts=()), url)))
    assert page.of("a") == []


def test_the_policy_forbids_everything_but_styles_and_pictures_inside():
    page = Reader(html_of(made_report()))
    (policy,) = [m["content"] for m in page.of("meta") if m.get("http-equiv")]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert "script" not in policy
    (picture,) = page.of("img")
    kind, _, content = picture["src"].partition(";base64,")
    assert kind == "data:image/svg+xml"
    assert base64.b64decode(content) == SVG


def test_the_page_follows_the_dark_of_the_reader_prints_and_describes_its_chart():
    text = html_of(made_report())
    assert "@media (prefers-color-scheme: dark)" in text
    assert "@media print" in text
    assert "A line that rises" in Reader(text).of("img")[0]["alt"]


def test_title_definition_source_day_and_link_are_baked_into_the_chart():
    report = made_report()
    caption = caption_of(report, report.charts[0])
    assert caption.title == report.charts[0].title
    assert caption.description == "A line that rises"
    assert list(caption.footer) == [
        "What is measured",
        "Sources: A bank, as of 1 Sep 2026; Rouble 1.00 log pts stronger after: a speech",
        "Rouble Reaction 0.1.0 · http://127.0.0.1:8501/event?id=x&pool=all",
    ]
    report = made_report(sources=report.sources[:1], links=())
    assert list(caption_of(report, report.charts[0]).footer)[1:] == [
        "Source: A bank, as of 1 Sep 2026",
        "Rouble Reaction 0.1.0 · made 26 Nov 2026, 15:00 MSK",
    ]


def test_the_same_report_gives_the_same_bytes_also_after_a_way_through_json():
    report = made_report()
    assert ReportDocument.from_json(report.as_json()) == report
    assert html_of(report) == html_of(made_report())


def test_the_fingerprint_stands_in_the_page_and_changes_with_any_word_of_the_report():
    report = made_report()
    assert len(fingerprint(report)) == 64
    assert fingerprint(report) in html_of(report)
    assert fingerprint(ReportDocument.from_json(report.as_json())) == fingerprint(report)
    assert fingerprint(replace(report, cautions=())) != fingerprint(report)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_foot_of_a_sheet_holds_source_day_link_and_software_as_text(text):
    foot = Reader(footer_html(made_report(text)))
    assert {tag for tag, _ in foot.tags} == {"div", "span"}
    source, link, made = [part.strip() for part in foot.texts if part.strip()][:3]
    assert source.startswith("A bank, as of 1 Sep 2026; ")
    assert len(source) <= 160
    assert link == "http://127.0.0.1:8501/event?id=x&pool=all"
    assert made == "Rouble Reaction 0.1.0, made 26 Nov 2026, 15:00 MSK · page"
