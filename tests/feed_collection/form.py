"""The form of a feed of the collection, and how one is written by hand."""

from __future__ import annotations

from dataclasses import dataclass

NOW = "2026-09-07T12:00:00+00:00"
URL = "https://news.example/rss"


@dataclass(frozen=True)
class Feed:
    """A feed and what a careful person expects of it, written down before it was first read.

    `items` are (title, date): a date is `2026-09-03T07:00Z` where the minute is known,
    `2026-09-03` where the day is, `?` where nothing is. Without `items` the feed is refused.
    `says` must stand in a message, in a doubt or in the refusal; `links` are those of the items.
    """

    id: str
    content: bytes
    items: tuple | None = None
    says: str = ""
    content_type: str = "application/rss+xml; charset=utf-8"
    zone: str = ""
    links: tuple | None = None
    url: str = URL


def feed(case_id, content, items=None, says="", **more):
    data = content.encode("utf-8") if isinstance(content, str) else content
    return Feed(case_id, data, None if items is None else tuple(items), says, **more)


def rss(*items, head='<?xml version="1.0" encoding="utf-8"?>', channel="<title>News</title>"):
    return f'{head}<rss version="2.0"><channel>{channel}{"".join(items)}</channel></rss>'


def item(title, date=None, link="https://news.example/1", more=""):
    dated = "" if date is None else f"<pubDate>{date}</pubDate>"
    return f"<item><title>{title}</title><link>{link}</link>{dated}{more}</item>"


def atom(*entries, more=""):
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
        f"{more}><title>News</title>{''.join(entries)}</feed>"
    )


def entry(title, dates, link="https://news.example/1", more=""):
    return f'<entry><title>{title}</title><link href="{link}"/>{dates}{more}</entry>'
