"""The services of news: GDELT in both forms, feeds and article pages."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from email.utils import format_datetime

from tests.replica.service import Service
from tests.replica.wire import Reply, text

TITLES = ("Rouble firms before talks", "Central bank keeps its rate", "Новости рынка")


class GdeltDoc(Service):
    """DOC 2.0: articles and timelines; it asks for five seconds between two questions.

    `made` holds articles of one's own, (moment, title, address), in place of the usual three;
    as the real one it gives those of the requested period, the newest, at most 250.
    """

    name = "gdelt"
    hosts = frozenset({"api.gdeltproject.org"})
    most = 250

    def __init__(self, market):
        super().__init__(market)
        self.made = [
            (market.now - timedelta(hours=at), title, f"https://news.example/{at}")
            for at, title in enumerate(TITLES)
        ]

    def right(self, question):
        mode = question.params.get("mode", "ArtList").lower()
        if "query" not in question.params:
            return text("Your query was too short or too long.", "text/html; charset=utf-8")
        requests = question.params
        body = self.timeline() if mode.startswith("timeline") else self.articles(requests)
        return Reply(json.dumps(body).encode(), "application/json; charset=utf-8")

    def articles(self, requests):
        first = requests.get("startdatetime", "")
        last = requests.get("enddatetime", "9")
        fitting = [one for one in self.made if first <= f"{one[0]:%Y%m%d%H%M%S}" <= last]
        if not fitting:
            return {}
        newest = sorted(fitting, reverse=True)[
            : min(int(requests.get("maxrecords", 75)), self.most)
        ]
        return {"articles": [
            {"url": url, "url_mobile": "", "title": title, "seendate": f"{at:%Y%m%dT%H%M%SZ}",
             "socialimage": "", "domain": "news.example", "language": "English",
             "sourcecountry": "United States"}
            for at, title, url in newest
        ]}  # fmt: skip

    def timeline(self):
        points = [{"date": f"{self.market.now - timedelta(days=at):%Y%m%d}T000000Z", "value": -at}
                  for at in range(3)]  # fmt: skip
        return {"query_details": {"title": "rouble", "date_resolution": "day"},
                "timeline": [{"series": "Average Tone", "data": points}]}  # fmt: skip


class GdeltFiles(Service):
    """Files of every 15 minutes, with the list of the last three; tabs despite `.CSV`."""

    name = "gdelt_files"
    hosts = frozenset({"data.gdeltproject.org", "storage.googleapis.com"})

    def right(self, question):
        if question.path.endswith("lastupdate.txt"):
            packed = self.packed()
            md5 = hashlib.md5(packed, usedforsecurity=False).hexdigest()
            url = f"http://data.gdeltproject.org/gdeltv2/{self.slot()}.export.CSV.zip"
            return text(f"{len(packed)} {md5} {url}\n")
        if self.slot() in question.path:
            return Reply(self.packed(), "application/zip")
        return text("NoSuchKey", "application/xml", 404)

    def slot(self):
        moment = self.market.now
        return f"{moment.replace(minute=moment.minute // 15 * 15, second=0):%Y%m%d%H%M%S}"

    def packed(self):
        result = io.BytesIO()
        row = ["1", f"{self.market.now:%Y%m%d}", *[""] * 58, "https://news.example/1"]
        with zipfile.ZipFile(result, "w") as file:
            name = zipfile.ZipInfo(f"{self.slot()}.export.CSV", (2026, 1, 1, 0, 0, 0))
            file.writestr(name, "\t".join(row) + "\n")
        return result.getvalue()


class Feeds(Service):
    """RSS 2.0 in UTF-8, RSS in windows-1251, and Atom, by the host that was meant."""

    name = "feeds"
    hosts = frozenset(
        {
            "tass.com", "interfax.ru", "www.interfax.ru", "kremlin.ru", "en.kremlin.ru",
            "www.president.gov.ua", "www.themoscowtimes.com", "www.state.gov", "feed.example",
        }
    )  # fmt: skip

    def right(self, question):
        if "kremlin" in question.host:
            return self.atom()
        if question.host.endswith("interfax.ru"):
            return self.rss("windows-1251")
        return self.rss("utf-8")

    def rss(self, charset):
        items = "".join(
            f"<item><title>{title}</title><link>https://news.example/{at}</link>"
            f"<pubDate>{format_datetime(self.market.now - timedelta(hours=at))}</pubDate></item>"
            for at, title in enumerate(TITLES)
        )
        body = f'<?xml version="1.0" encoding="{charset}"?><rss version="2.0"><channel>{items}'
        return Reply(
            f"{body}</channel></rss>".encode(charset), f"application/rss+xml; charset={charset}"
        )

    def atom(self):
        entries = "".join(
            f'<entry><title>{title}</title><link href="https://news.example/{at}"/>'
            f"<updated>{(self.market.now - timedelta(hours=at)).isoformat()}</updated></entry>"
            for at, title in enumerate(TITLES)
        )
        body = f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">{entries}'
        return Reply(f"{body}</feed>".encode(), "application/atom+xml; charset=utf-8")


class Pages(Service):
    """Article pages."""

    name = "pages"
    hosts = frozenset({"news.example"})

    def right(self, question):
        stamp = self.market.now.isoformat()
        article = json.dumps(
            {"@type": "NewsArticle", "datePublished": stamp, "headline": TITLES[0]}
        )
        phrase = "The rouble firmed on Monday before talks were to begin. " * 12
        return text(
            f'<html><head><title>{TITLES[0]}</title><script type="application/ld+json">{article}'
            f"</script></head><body><article><p>{phrase}</p></article></body></html>",
            "text/html; charset=utf-8",
        )


# ---------------------------------------------------------------- failures of their own


def no_articles(question, reply):
    return Reply(b"{}", "application/json")


def bad_escape(question, reply):
    return Reply(b'{"articles": [{"title": "a \\d b"}]}', "application/json")


def wrong_md5(question, reply):
    size, _, url = reply.body.split()
    return Reply(b" ".join([size, b"0" * 32, url]) + b"\n", reply.content_type)


def zero_items(question, reply):
    return Reply(b'<rss version="2.0"><channel></channel></rss>', "application/rss+xml")


def challenge(question, reply):
    """The page of a front that keeps programs out, with the status of success."""
    return text(
        "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><noscript>"
        "Enable JavaScript and cookies to continue</noscript></body></html>",
        "text/html; charset=utf-8",
    )


def dated(written):
    """One item whose date is written so; None: it has none."""

    def spoiled(question, reply):
        date = "" if written is None else f"<pubDate>{written}</pubDate>"
        items = f"<item><title>One item</title><link>https://news.example/1</link>{date}</item>"
        return Reply(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(),
                     "application/rss+xml; charset=utf-8")  # fmt: skip

    return spoiled


def sentence(phrase, status=200):
    """What GDELT says instead of JSON: one sentence, with the status of success."""

    def spoiled(question, reply):
        return text(phrase, "text/html; charset=utf-8", status)

    return spoiled


def paywall(question, reply):
    return text("<html><head><title>Rouble firms</title></head><body>Subscribe</body></html>",
                "text/html")  # fmt: skip
