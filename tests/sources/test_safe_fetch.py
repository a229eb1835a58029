"""A pasted link: what is refused before anything is sent, and what a server cannot do to us.

Every server here is on this machine; the resolver is the test's own, and the only address
that is dialled is a public one that stands for the test's server.
"""

import gzip
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from dashboard.models.errors import InputError, SourceError
from dashboard.sources.http_client import RequestLimits
from dashboard.sources.public_url import parse_public_url
from dashboard.sources.safe_fetch import (
    LINK_LIMITS,
    ConnectionPolicy,
    LinkFetcher,
    _redirect_target,
)

PUBLIC = "93.184.215.14"
PAGE = b"<!doctype html><title>News</title><p>The rouble firmed.</p>"
QUICK = RequestLimits(connect=0.5, read=0.5, total=1.0, max_bytes=10_000_000, attempts=1)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def whole(body, head=HEAD):
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def headed(kind):
    return HEAD.replace(b"text/html", kind)


def moved(to, status=b"302 Found"):
    return b"HTTP/1.1 %s\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, to.encode())


class Server:
    """Answers every connection with the bytes that `answer(path)` yields."""

    def __init__(self, answer):
        self.answer = answer
        self.requests = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._speak, args=[connection], daemon=True).start()

    def _speak(self, connection):
        with connection:
            request = connection.recv(65_536).decode("latin-1")
            if not request:
                return
            self.requests.append(request)
            try:
                for piece in self.answer(request.split(" ")[1]):
                    connection.sendall(piece)
            except OSError:
                pass

    def close(self):
        self._listening.close()


class Net:
    """A resolver and a dialler that record their calls."""

    def __init__(self, server=None, names=None):
        self.server = server
        self.names = names or {}
        self.looked_up = []
        self.dialled = []

    def resolve(self, host, port):
        self.looked_up.append(host)
        result = self.names.get(host, [PUBLIC])
        if callable(result):
            result = result(self.looked_up.count(host))
        if not result:
            raise socket.gaierror(-2, "Name or service not known")
        return result

    def dial(self, address, port, timeout):
        self.dialled.append(address)
        if self.server is None:
            raise ConnectionRefusedError
        return socket.create_connection(("127.0.0.1", self.server.port), timeout)

    def links(self, limits=QUICK):
        return LinkFetcher(ConnectionPolicy(self.resolve, self.dial), limits)


@contextmanager
def serving(answer, names=None):
    server = Server(answer if callable(answer) else lambda path: [answer])
    try:
        yield Net(server, names)
    finally:
        server.close()


def refusal_of(net, link="http://news.example.org/a", limits=QUICK):
    with pytest.raises((InputError, SourceError)) as caught:
        net.links(limits).fetch(link)
    message = str(caught.value)
    assert "\n" not in message
    return message


# ---------------------------------------------------------------- never sent

LITERALS = [
    "http://127.0.0.1/", "http://127.1.2.3/", "http://0.0.0.0/", "http://10.0.0.1/",
    "http://10.255.255.255/", "http://100.64.0.1/", "http://100.127.255.254/",
    "http://169.254.169.254/latest/meta-data/", "http://172.16.0.1/", "http://172.31.255.255/",
    "http://192.168.1.1/", "http://192.0.0.1/", "http://192.0.2.1/", "http://192.88.99.1/",
    "http://198.18.0.1/", "http://198.51.100.7/", "http://203.0.113.9/", "http://224.0.0.1/",
    "http://239.255.255.250/", "http://240.0.0.1/", "http://255.255.255.255/",
    "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::10.0.0.1]/",
    "http://[64:ff9b:1::1]/", "http://[2002:7f00:1::]/", "http://[2002:0a00:0001::1]/",
    "http://[2001:0:53aa:64c:0:fbff:ffff:ffff]/", "http://[2001:db8::1]/", "http://[fc00::1]/",
    "http://[fd12:3456:789a::1]/", "http://[fe80::1]/", "http://[fec0::1]/", "http://[ff02::1]/",
    "http://[ff0e::1]/", "http://[100::1]/", "http://[3fff::1]/",
]  # fmt: skip
FORMS = [
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0x7f.0.0.1/",
    "http://017700000001/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.1/", "http://0/",
    "http://127.0.0.01/", "http://127.0.0.1./", "http://1.2.3.4.5/", "http://256.1.1.1/",
    "http://１２７.０.０.１/", "http://127。0。0。1/", "http://①②⑦.⓪.⓪.①/", "http://%31%32%37.0.0.1/",
    "http://[fe80::1%25eth0]/", "http://[::1", "http://localhost/", "http://router/",
]  # fmt: skip
OTHERS = [
    "file:///etc/passwd", "FILE:///etc/passwd", "ftp://example.org/x", "gopher://example.org/",
    "data:text/html,x", "javascript:alert(1)", "//example.org/x", "example.org", "http:///x", "",
    "http://user@127.0.0.1/", "http://user:secret@example.org/", "http://example.org@10.0.0.1/",
    "http://example.org\\@127.0.0.1/", "http://127.0.0.1\t/", "http://example.org/\r\nHost: x",
    "http://example.org:22/", "http://example.org:8080/", "https://example.org:80/",
    "http://example.org:99999/", "http://example.org/" + "a" * 2_000,
]  # fmt: skip


@pytest.mark.parametrize("link", [*LITERALS, *FORMS, *OTHERS], ids=lambda link: repr(link)[:60])
def test_a_link_that_may_not_be_followed_is_refused_before_anything_is_looked_up(link):
    net = Net()
    message = refusal_of(net, link)
    assert message.startswith("link ")
    assert "secret" not in message or "user name" in message
    assert net.looked_up == net.dialled == []


INSIDE = [
    "10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "172.20.0.5", "192.168.0.10",
    "224.0.0.251", "0.0.0.0", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
    "fd00::1", "fe80::1%eth0", "ff02::fb", "2001:0:1::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
@pytest.mark.parametrize("other", [[], [PUBLIC]], ids=["alone", "other a public one"])
def test_a_name_that_leads_inside_is_refused_and_nothing_is_sent(address, other):
    net = Net(names={"inside.example.org": [*other, address]})
    message = refusal_of(net, "http://inside.example.org/")
    assert message.startswith("link inside.example.org: leads to an address that is not public")
    assert net.dialled == []


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1/", "http://169.254.169.254/", "http://[::1]/", "http://2130706433/",
     "http://0x7f.1/", "http://inside.example.org/", "//10.0.0.1/x", "file:///etc/passwd",
     "http://user@127.0.0.1/", "gopher://127.0.0.1:6379/x", "http://localhost:8501/"],
)  # fmt: skip
@pytest.mark.parametrize("hops", [0, 3])
def test_a_redirect_inside_is_refused_at_every_hop(target, hops):
    def answer(path):
        left = int(path.strip("/a") or hops)
        return [moved(target if left <= 0 else f"/{left - 1}" if left > 1 else "/00")]

    with serving(answer, {"inside.example.org": ["10.0.0.1"]}) as net:
        message = refusal_of(net)
        assert "not public" in message
        assert set(net.dialled) == {PUBLIC}
        assert len(net.server.requests) == len(net.dialled)


def test_a_name_that_changes_its_mind_is_checked_at_every_connection():
    """The first look-up says public, the next says inside: what is dialled is what was checked."""
    names = {"news.example.org": lambda count: [PUBLIC] if count == 1 else ["127.0.0.1"]}
    with serving(moved("/b"), names) as net:
        assert "not public" in refusal_of(net)
        assert net.dialled == [PUBLIC]
        assert len(net.looked_up) == 2  # one look-up a connection, never one to check and one to go


def test_https_is_never_left_for_http():
    link = parse_public_url("https://news.example.org/a")
    with pytest.raises(SourceError, match="from https to an address without encryption"):
        _redirect_target(link, "http://news.example.org/a")
    assert _redirect_target(link, "/b").url == "https://news.example.org/b"
    plain = parse_public_url("http://news.example.org/a")
    assert _redirect_target(plain, "https://news.example.org/a").scheme == "https"


def test_redirects_come_to_an_end():
    with serving(moved("/again")) as net:
        assert refusal_of(net) == "news.example.org sent us round in circles"
        assert len(net.server.requests) == 6


def test_the_body_of_a_redirect_is_not_read():
    """requests by itself reads it to the end, however long it is."""

    def answer(path):
        yield moved("/again").replace(b"Content-Length: 0\r\n", b"")
        while True:
            yield bytes(65_536)

    with serving(answer) as net:
        started = time.monotonic()
        message = refusal_of(net, limits=LINK_LIMITS)
        assert message == "news.example.org sent us round in circles"
        assert time.monotonic() - started < 5


# ---------------------------------------------------------------- taken


def test_a_public_page_is_taken_and_nothing_is_brought_along(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    def answer(path):
        cookie = (
            b"HTTP/1.1 302 Found\r\nSet-Cookie: a=b\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
        )
        return [cookie if path == "/a" else whole(PAGE)]

    with serving(answer) as net:
        page = net.links().fetch(" http://news.example.org/a ")
        assert page.content == PAGE
        assert page.url == "http://news.example.org/b"
        for request in net.server.requests:
            names = {line.partition(":")[0].lower() for line in request.split("\r\n")[1:] if line}
            assert names <= {"host", "user-agent", "accept", "accept-encoding", "connection"}
            assert "Host: news.example.org" in request


@pytest.mark.parametrize(
    "head",
    [HEAD, headed(b"text/plain"), b"HTTP/1.1 200 OK\r\n",
     headed(b"application/xhtml+xml")],
)  # fmt: skip
def test_pages_and_plain_texts_are_taken(head):
    with serving(whole(PAGE, head)) as net:
        assert net.links().fetch("http://news.example.org/a").content == PAGE


def test_a_gzipped_page_is_unpacked():
    with serving(whole(gzip.compress(PAGE), HEAD + b"Content-Encoding: gzip\r\n")) as net:
        assert net.links().fetch("http://news.example.org/a").content == PAGE


def test_another_address_is_tried_when_the_first_is_dead():
    with serving(whole(PAGE), {"news.example.org": ["2a00:1450:4001::1", PUBLIC]}) as net:
        real, net.dial_ok = net.dial, PUBLIC

        def dial(address, port, timeout):
            if address != net.dial_ok:
                net.dialled.append(address)
                raise TimeoutError
            return real(address, port, timeout)

        net.dial = dial
        assert net.links().fetch("http://news.example.org/a").content == PAGE
        assert net.dialled == ["2a00:1450:4001::1", PUBLIC]


# ---------------------------------------------------------------- hostile answers


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            whole(b"{}", HEAD.replace(b"text/html", b"application/json")),
            "answered application/json",
        ),
        (whole(b"%PDF-1.7", HEAD.replace(b"text/html", b"application/pdf")), "application/pdf"),
        (whole(b'{"a": 1}'), "answered JSON instead of a page"),
        (whole(b""), "answered nothing instead of a page"),
        (whole(b"PK\x03\x04"), "answered a ZIP file instead of a page"),
        (whole(b"\x00\x01\x02 x"), "answered unreadable bytes instead of a page"),
        (whole(PAGE, b"HTTP/1.1 403 Forbidden\r\n"), "does not let programs in (403)"),
        (whole(PAGE, b"HTTP/1.1 401 Unauthorized\r\n"), "wants a login"),
        (whole(PAGE, b"HTTP/1.1 404 Not Found\r\n"), "has no such page (404)"),
        (whole(PAGE, b"HTTP/1.1 503 Busy\r\n"), "answered 503 instead of a page"),
        (whole(PAGE, b"HTTP/1.1 299 Odd\r\n"), "answered 299 instead of a page"),
        (whole(PAGE, HEAD + b"Content-Encoding: br\r\n"), "packed its answer in an unknown way"),
        (whole(PAGE)[:-5], "broke off its answer"),
        (b"SSH-2.0-OpenSSH_9\r\n", "refused or broke the connection"),
        (
            HEAD + b"Content-Length: 5000000000\r\n\r\n",
            "announced 5,000 MB, at most 10 MB are read",
        ),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)
def test_an_answer_that_is_no_page_is_refused_in_words(answer, text):
    with serving(answer) as net:
        message = refusal_of(net)
    assert message.startswith("news.example.org ")
    assert text in message


def test_five_gigabytes_without_an_announcement_are_left_after_ten_megabytes():
    sent = []

    def answer(path):
        yield HEAD + b"\r\n"
        for _ in range(5_000):
            yield b"x" * 1_000_000
            sent.append(1)

    with serving(answer) as net:
        assert "answered more than 10 MB" in refusal_of(net, limits=LINK_LIMITS)
    assert len(sent) < 50


def test_a_small_answer_that_unpacks_to_gigabytes_is_left_after_ten_megabytes():
    bomb = gzip.compress(b"0" * 200_000_000, 9)
    with serving(whole(bomb, HEAD + b"Content-Encoding: gzip\r\n")) as net:
        assert "answered more than 10 MB" in refusal_of(net, limits=LINK_LIMITS)


def drip(path):
    yield HEAD + b"Content-Length: 100000\r\n\r\n"
    for _ in range(1_000):
        time.sleep(0.1)
        yield b"x"


def drip_of_headers(path):
    yield b"HTTP/1.1 200 OK\r\nX-Slow: "
    for _ in range(1_000):
        time.sleep(0.1)
        yield b"x"


def slow_redirects(path):
    time.sleep(0.3)
    yield moved("/again")


@pytest.mark.parametrize("answer", [drip, drip_of_headers, slow_redirects])
def test_the_whole_is_over_in_time_however_slowly_it_comes(answer):
    with serving(answer) as net:
        begun = time.monotonic()
        assert "did not answer" in refusal_of(net)
    assert time.monotonic() - begun < 20


def test_a_look_up_that_hangs_is_left_in_time():
    def hang(host, port):
        time.sleep(30)
        return [PUBLIC]

    begun = time.monotonic()
    with pytest.raises(SourceError, match="did not answer within 2 s"):
        LinkFetcher(ConnectionPolicy(hang, Net().dial), QUICK).fetch("http://news.example.org/")
    assert time.monotonic() - begun < 20


def test_the_real_limits_keep_within_ten_seconds():
    assert LINK_LIMITS.total < 10
    assert LINK_LIMITS.max_bytes == 10_000_000


def test_a_name_that_leads_nowhere_is_told():
    net = Net(names={"gone.example.org": []})
    message = refusal_of(net, "https://gone.example.org/a")
    assert message == "gone.example.org could not be found; check the address or the network"


def test_a_host_that_refuses_is_told():
    assert "refused or broke the connection" in refusal_of(Net())
