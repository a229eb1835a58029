"""How a service may misbehave: each takes the question and the right answer, and spoils it."""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
from dataclasses import replace

from tests.replica.wire import Reply, text

HTML = "<!DOCTYPE html><html><head><title>Just a moment</title></head><body>Wait</body></html>"


def html_with_200(question, reply):
    """A page for people, with the status of success."""
    return text(HTML, "text/html; charset=utf-8")


def forbidden_html(question, reply):
    """The front does not want this client."""
    return text(HTML, "text/html", 403)


def server_error(question, reply):
    return text("error", "text/plain", 500)


def unavailable(question, reply):
    return text(HTML, "text/html", 503)


def not_found(question, reply):
    return text("Not found", "text/plain", 404)


def too_many(retry_after=None):
    """429, with `Retry-After` where one is given: seconds or an HTTP date."""

    def spoiled(question, reply):
        result = text("Too Many Requests\r\n", "text/plain", 429)
        return result if retry_after is None else result.with_headers(Retry_After=retry_after)

    return spoiled


def nothing_at_all(question, reply):
    """Status of success, no body."""
    return replace(reply, body=b"")


def garbage(question, reply):
    """Bytes that are nothing."""
    return replace(reply, body=bytes(range(256)) * 4)


def elsewhere(url):
    """A redirect."""

    def spoiled(question, reply):
        return text("", "text/plain", 302).with_headers(Location=url)

    return spoiled


def instead(body, content_type="text/plain; charset=utf-8", status=200):
    """Another body."""

    def spoiled(question, reply):
        return Reply(body if isinstance(body, bytes) else body.encode(), content_type, status)

    return spoiled


# ---------------------------------------------------------------- not whole


def cut_off(share=0.6):
    """Announces the whole body and closes in the middle of it."""

    def spoiled(question, reply):
        def send(handler):
            handler.wfile.write(reply.head())
            handler.wfile.write(reply.body[: int(len(reply.body) * share)])

        return replace(reply, send=send)

    return spoiled


def cut_off_gzip(question, reply):
    """A gzip body that was cut off before it was announced: only its end marker is missing."""
    packed = gzip.compress(reply.body, mtime=0)
    half = packed[: max(len(packed) - 9, 1)]
    return replace(reply, body=half).with_headers(Content_Encoding="gzip")


def cut_off_unnoticed(share=0.6):
    """Half a body, rightly announced: only its own shape shows that something is missing."""

    def spoiled(question, reply):
        return replace(reply, body=reply.body[: int(len(reply.body) * share)])

    return spoiled


def broken_chunks(question, reply):
    """Chunks of which the last is missing."""

    def send(handler):
        chunked = reply.with_headers(Transfer_Encoding="chunked")
        handler.wfile.write(chunked.head(length=-1))
        part = reply.body[: max(len(reply.body) // 2, 1)]
        handler.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))

    return replace(reply, send=send)


def bomb(megabytes=64):
    """A small gzip body that unpacks to this much."""

    def spoiled(question, reply):
        packed = gzip.compress(b"0," * (megabytes * 500_000), 1, mtime=0)
        return replace(reply, body=packed).with_headers(Content_Encoding="gzip")

    return spoiled


def endless(question, reply):
    """A body that never ends."""

    def send(handler):
        handler.wfile.write(reply.head(length=-1))
        with contextlib.suppress(OSError):
            while not handler.replica.is_closing.is_set():
                handler.wfile.write(b"1,2\n" * 16_384)

    return replace(reply, send=send)


# ---------------------------------------------------------------- slow, or not there


def hang(seconds=30.0):
    """Takes the question and says nothing."""

    def spoiled(question, reply):
        def send(handler):
            handler.replica.is_closing.wait(seconds)

        return replace(reply, send=send)

    return spoiled


def drip(every=0.05):
    """One byte of the body now and then: every read is in time, the whole never is."""

    def spoiled(question, reply):
        def send(handler):
            with contextlib.suppress(OSError):
                handler.wfile.write(reply.head())
                for byte in reply.body:
                    handler.wfile.write(bytes([byte]))
                    if handler.replica.is_closing.wait(every):
                        return

        return replace(reply, send=send)

    return spoiled


def drip_headers(every=0.05):
    """The same with the headers, before which no time limit of requests helps."""

    def spoiled(question, reply):
        def send(handler):
            with contextlib.suppress(OSError):
                for byte in reply.with_headers(X_Long="x" * 10_000).head():
                    handler.wfile.write(bytes([byte]))
                    if handler.replica.is_closing.wait(every):
                        return

        return replace(reply, send=send)

    return spoiled


def reset(question, reply):
    """The connection is reset, as banned clients see it."""

    def send(handler):
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()

    return replace(reply, send=send)


# ---------------------------------------------------------------- wrong in itself


def wrong_charset(question, reply):
    """The header says UTF-8 whatever the bytes are."""
    kind = reply.content_type.split(";", maxsplit=1)[0]
    return replace(reply, content_type=f"{kind}; charset=utf-8")


def altered(old, new):
    """The right answer with some bytes replaced."""

    def spoiled(question, reply):
        assert old in reply.body, f"{old!r} is not in the answer"
        return replace(reply, body=reply.body.replace(old, new))

    return spoiled


def packed(question, reply):
    """Nothing is wrong: the answer is gzipped."""
    return reply.packed()


NAMED = {
    "html_with_200": html_with_200,
    "forbidden_html": forbidden_html,
    "server_error": server_error,
    "unavailable": unavailable,
    "not_found": not_found,
    "too_many": too_many(120),
    "nothing_at_all": nothing_at_all,
    "garbage": garbage,
    "cut_off": cut_off(),
    "cut_off_gzip": cut_off_gzip,
    "broken_chunks": broken_chunks,
    "bomb": bomb(),
    "endless": endless,
    "hang": hang(),
    "drip": drip(),
    "reset": reset,
    "wrong_charset": wrong_charset,
}
