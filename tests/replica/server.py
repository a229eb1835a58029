"""The server: one port, every service; the host in a header selects it."""

from __future__ import annotations

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.replica.market import Market
from tests.replica.services import SERVICES
from tests.replica.wire import Question, text

HOST_HEADER = "X-Upstream-Host"


class Replica:
    """A running replica; `with Replica() as replica:` stops it afterwards.

    Every service is an attribute (`replica.cbr`), and `replica.market` the world they tell of.
    """

    def __init__(self, port=0, market=None):
        self.market = market or Market()
        self.is_closing = threading.Event()
        self.services = {kind.name: kind(self.market) for kind in SERVICES}
        for name, service in self.services.items():
            setattr(self, name, service)
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.replica = self
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.05,), daemon=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        """Stop, as a service that is gone: the port refuses connections."""
        self.is_closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    __enter__ = start

    def __exit__(self, *error):
        if not self.is_closing.is_set():
            self.stop()

    def reply(self, question):
        for service in self.services.values():
            if service.speaks_for(question.host):
                return service.take(question)
        return text(f"no service here is called {question.host}", status=421)

    @property
    def requests(self):
        """The requests to all services, in order."""
        result = [one for service in self.services.values() for one in service.requests]
        return sorted(result, key=lambda one: one.at)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A client that goes away is no error of the replica."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    replica = property(lambda self: self.server.replica)

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        host, target = self.headers.get(HOST_HEADER), self.path
        if host is None:  # by hand: /www.cbr.ru/scripts/…
            host, _, rest = self.path.lstrip("/").partition("/")
            target = f"/{rest}"
        question = Question(host, self.command, target, dict(self.headers), body)
        reply = self.replica.reply(question)
        self.close_connection = True
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, socket.timeout):
            if reply.send is None:
                self.wfile.write(reply.head() + (b"" if self.command == "HEAD" else reply.body))
            else:
                reply.send(self)

    do_GET = answer  # noqa: N815 - names of the standard library
    do_POST = answer  # noqa: N815
    do_HEAD = answer  # noqa: N815

    def log_message(self, *message):
        """Log nothing; `requests` has all."""
