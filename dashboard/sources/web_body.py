"""The body of an answer: bounded in size and time, unpacked, and known to be whole."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final

from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError, ReadTimeoutError

PIECE: Final = 65_536
GZIP: Final = 16 + zlib.MAX_WBITS
PACKINGS: Final = {"gzip": GZIP, "x-gzip": GZIP, "deflate": zlib.MAX_WBITS}


class BadBody(Exception):
    """The body cannot be used; the text completes "the publisher …".

    Attributes:
        again: whether another try may help.
    """

    def __init__(self, text: str, *, again: bool) -> None:
        """Keep whether to try again."""
        super().__init__(text)
        self.again = again


def read_body(raw: HTTPResponse, limit: int, in_time: Callable[[], None]) -> bytes:
    """Read and unpack a body piece by piece.

    `requests` itself has no limit here: a small answer may unpack to gigabytes, one byte a
    second may last for ever, and a gzip body that was cut off is returned without a word.

    Args:
        raw: an answer whose body has not been read.
        limit: most bytes, unpacked.
        in_time: called after every piece; raises when the time is over.

    Raises:
        BadBody: it is too large, cut off, damaged or packed in an unknown way.
    """
    packing = raw.headers.get("Content-Encoding", "").strip().lower()
    try:
        if packing in {"", "identity"}:
            content = _joined(_pieces(raw, in_time), limit)
        elif packing in PACKINGS:
            content = _unpacked(_pieces(raw, in_time), PACKINGS[packing], limit)
        else:
            raise BadBody(f"packed its answer in an unknown way ({packing[:20]})", again=False)
    except (ReadTimeoutError, TimeoutError):
        raise BadBody("stopped in the middle of its answer", again=True) from None
    except (HTTPError, OSError, ValueError):
        raise BadBody("broke off its answer", again=True) from None
    return content


def _pieces(raw: HTTPResponse, in_time: Callable[[], None]) -> Iterator[bytes]:
    """What arrived, each time something arrived; complains of fewer bytes than announced."""
    announced = raw.headers.get("Content-Length", "")
    chunked = "chunked" in raw.headers.get("Transfer-Encoding", "").lower()
    arrived = 0
    while piece := raw.read1(PIECE, decode_content=False):
        arrived += len(piece)
        yield piece
        in_time()
    if announced.isdigit() and not chunked and arrived != int(announced):
        text = f"broke off its answer ({arrived:,} of {int(announced):,} bytes)"
        raise BadBody(text, again=True)


def _joined(pieces: Iterator[bytes], limit: int) -> bytes:
    found = bytearray()
    for piece in pieces:
        found += piece
        _refuse_too_much(len(found), limit)
    return bytes(found)


def _unpacked(pieces: Iterator[bytes], packing: int, limit: int) -> bytes:
    found = bytearray()
    packed: Any = zlib.decompressobj(packing)
    try:
        for piece in pieces:
            found += packed.decompress(piece, limit + 1 - len(found))
            _refuse_too_much(len(found), limit)
    except zlib.error:
        raise BadBody("answered a damaged gzip body", again=True) from None
    if not packed.eof:
        raise BadBody("broke off its answer (the gzip end marker is missing)", again=True)
    return bytes(found)


def _refuse_too_much(size: int, limit: int) -> None:
    if size > limit:
        raise BadBody(f"answered more than {limit / 1e6:.0f} MB", again=False)
