"""The form of a page of the collection, and makers of pages by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass

SENTENCES = (
    "The rouble firmed on Monday, and dealers said that exporters had sold their dollars early.",
    "Sergei Lavrov said in Moscow that the talks would go on, and gave no day for the next round.",
    "Nobody in the ministry would say how much was sold, or whether more would be sold in May.",
    "A bank wrote that the rate was near its fair value, and that little would change before June.",
)
BODY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES * 3)
RUSSIAN = "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "Песков заявил в понедельник, что переговоры продолжатся, и не назвал день встречи.",
        "Рубль укрепился, а дилеры сказали, что экспортёры продали доллары заранее.",
        "В министерстве не ответили, сколько было продано и будут ли продавать в мае.",
    )
    * 4
)


@dataclass(frozen=True)
class Page:
    """A page and what a careful person expects of it, written down before it was first read.

    `refused` are words of the refusal; without them it is read. `published` is day and hour in
    UTC ("2025-04-22T07:15"), or the day alone where the hour must not be known, or "" for none.
    `mentions` may stand in a refusal or in a message: whether there is time to read it all depends
    on the machine. `says` must stand in a message, `has` in the text, `lacks` must stand nowhere.
    """

    id: str
    content: bytes
    refused: str | None = None
    mentions: str = ""
    published: str = ""
    says: str = ""
    has: str = ""
    lacks: str = ""
    title: str = ""
    kind: str = ""
    in_subprocess: bool = False


def page_of(case_id, content, **expected):
    data = content.encode("utf-8") if isinstance(content, str) else content
    return Page(case_id, data, **expected)


def html(head="", body=BODY, title="The rouble firms", charset="utf-8", around="{}"):
    """A page with an article; `around` is what stands about it."""
    meta = f'<meta charset="{charset}">' if charset else ""
    article = around.format(f"<article><h1>{title}</h1>{body}</article>")
    return (
        f"<!doctype html><html><head>{meta}<title>{title}</title>{head}</head>"
        f"<body>{article}</body></html>"
    )


def ld(*nodes):
    message = json.dumps(nodes[0] if len(nodes) == 1 else list(nodes))
    return f'<script type="application/ld+json">{message}</script>'


def news(**fields):
    return {"@context": "https://schema.org", "@type": "NewsArticle", **fields}


def og(stamp):
    return f'<meta property="article:published_time" content="{stamp}">'
