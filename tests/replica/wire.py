"""What goes over the wire: a question as it came, an answer as it is sent, whole or not."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Question:
    """One request: the host that was meant, the path and the parameters."""

    host: str
    method: str
    target: str
    headers: dict
    body: bytes = b""
    at: float = field(default_factory=time.monotonic)

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def params(self):
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """One answer. `send` writes it to a socket; the default sends it as it should be."""

    body: bytes
    content_type: str
    status: int = 200
    headers: dict = field(default_factory=dict)
    send: Callable | None = None

    def with_headers(self, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})

    def packed(self):
        """The same body, gzipped, as every front does for a client that takes it."""
        body = gzip.compress(self.body, mtime=0)
        return replace(self, body=body).with_headers(Content_Encoding="gzip")

    def head(self, length=None):
        """Status line and headers, with the length of the body unless another is given."""
        length = len(self.body) if length is None else length
        lines = [f"HTTP/1.1 {self.status} Replica", f"Content-Type: {self.content_type}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if length >= 0:
            lines.append(f"Content-Length: {length}")
        lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def text(body, content_type="text/plain; charset=utf-8", status=200, **headers):
    return Reply(body.encode(), content_type, status).with_headers(**headers)
