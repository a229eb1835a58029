"""Pages whose dates mislead: fabricated, broken, zone-less, of other stories, of the future."""

from __future__ import annotations

from tests.article_collection.form import BODY, RUSSIAN, html, ld, news, og, page_of

DAY = "2025-04-22"
DEEP = "[" * 3_000 + "]" * 3_000
NODES = [{"@type": "Thing", "name": str(n)} for n in range(10_000)]

PAGES = [
    page_of("a year in the footer", html(around="{}<footer>© 2026 The Publisher</footer>")),
    page_of(
        "a day in the footer",
        html(around="{}<footer>Site last updated: 3 March 2020. © The Publisher</footer>"),
    ),
    page_of(
        "a footer that is no footer element",
        html(around="{}<div id='footer'>Copyright 2019-2026, version of 3 March 2020</div>"),
    ),
    page_of("broken JSON-LD, good Open Graph",
            html('<script type="application/ld+json">{"datePublished": "2020-01-</script>'
                 + og("2025-04-22T10:15:00+03:00")), published="2025-04-22T07:15"),
    page_of("broken JSON-LD alone",
            html('<script type="application/ld+json">{"@type": "NewsArticle",'
                 ' "datePublished": "2020-01-05T10:00:00Z",}</script>')),
    page_of("JSON-LD nested three thousand deep",
            html(f'<script type="application/ld+json">{DEEP}</script>' + og(DAY)), published=DAY),
    page_of("JSON-LD of ten thousand nodes",
            html(ld(*NODES, news(datePublished="2025-04-22T10:15:00Z"))),
            published="2025-04-22T10:15"),
    page_of("JSON-LD with a number", html(ld(news(datePublished=1745310000)))),
    page_of("JSON-LD with a typed value",
            html(ld(news(datePublished={"@type": "Date", "@value": DAY}))), published=DAY),
    page_of("JSON-LD with a list", html(ld(news(datePublished=["2025-04-22T10:15:00Z"]))),
            published="2025-04-22T10:15"),
    page_of("JSON-LD that hides a script",
            html(ld(news(datePublished=DAY, headline="<script>alert(1)<!-- x"))), published=DAY),
    page_of("a future day alone", html(ld(news(datePublished="2031-05-01T10:00:00Z")))),
    page_of("a future day before a good one",
            html(ld(news(datePublished="2031-05-01T10:00:00Z")) + og(DAY)), published=DAY),
    page_of("the year 1", html(ld(news(datePublished="0001-01-01T00:00:00Z")))),
    page_of("the epoch", html(ld(news(datePublished="1970-01-01T00:00:00Z")))),
    page_of("a day that does not exist", html(og("2025-04-31"))),
    page_of("an hour without a zone", html(og("2025-04-22T10:15:00")), published=DAY),
    page_of("a zone without a colon", html(og("2025-04-22T10:15:00+0300")),
            published="2025-04-22T07:15"),
    page_of("a zone of letters", html(og("2025-04-22 10:15 MSK")), published=DAY),
    page_of("a day as in mails", html(og("Tue, 22 Apr 2025 10:15:00 GMT")),
            published="2025-04-22T10:15"),
    page_of("a day with dots", html(og("22.04.2025 10:15")), published=DAY),
    page_of("a day that can be two", html(og("04/05/2025"))),
    page_of("milliseconds", html(og("1745310000000"))),
    page_of("an unpadded day", html(og("2025-4-22")), published=DAY),
    page_of("only when it was changed",
            html('<meta property="article:modified_time" content="2026-03-01T10:00:00Z">')),
    page_of("a Russian day in words",
            html(body="<p class='date'>22 апреля 2025, 10:15</p>" + RUSSIAN), published=DAY),
    page_of("two days in JSON-LD",
            html(ld(news(datePublished="2025-04-22T10:00Z"), news(datePublished="2025-04-21"))),
            published="2025-04-22T10:00", says="several days of publication"),
    page_of("a live blog with later updates",
            html(ld({"@type": "LiveBlogPosting", "datePublished": "2025-04-22T05:00:00Z",
                     "liveBlogUpdate": [{"@type": "BlogPosting",
                                         "datePublished": "2025-04-23T05:00:00Z"}]})),
            published="2025-04-22T05:00"),
    page_of("a list of stories, each with its time",
            html(body=BODY + "".join(f'<time datetime="2025-04-{n}">x</time>' for n in (20, 21)),
                 around="<div>{}</div>").replace("<article>", "<div>").replace("</article>",
                                                                              "</div>")),
    page_of("the time of a related story first",
            html(body='<div class="related-list"><time datetime="2019-05-01">x</time></div>'
                 '<time datetime="2025-04-22">today</time>' + BODY), published=DAY),
    page_of("the time of a comment alone",
            html(around='{}<section id="comments"><time datetime="2025-05-03">x</time></section>')),
    page_of("a day in the text, not of publication",
            html(body="<p>The treaty was signed on 3 March 1999 in Rome.</p>" + BODY)),
]  # fmt: skip
