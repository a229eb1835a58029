"""A browser for ASGI applications in thirty lines: one request, one answer, no socket."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


def get(app, address, *, method="GET", body=b"", host="127.0.0.1:8501", **headers) -> Answer:
    """Ask `app` for an address below /api; `if_none_match="x"` is the header If-None-Match."""
    return asyncio.run(_ask(app, address, method, body, {"host": host, **headers}))


async def _ask(app, address, method, body, headers) -> Answer:
    parts, sent = urlsplit(address), []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    named = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "method": method, "path": "/api" + unquote(parts.path), "raw_path": parts.path.encode(),
        "root_path": "/api", "query_string": parts.query.encode(), "headers": named,
        "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 8501),
    }  # fmt: skip
    await app(scope, receive, send)
    start, *rest = sent
    answered = {k.decode().lower(): v.decode() for k, v in start["headers"]}
    return Answer(start["status"], answered, b"".join(m.get("body", b"") for m in rest))
