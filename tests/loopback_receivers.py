"""A mail server and a webhook on the loopback: they take messages, refuse them, or say nothing."""

import email
import socket
import threading
import time
from contextlib import contextmanager
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mailbox:
    """What a mail server took; `before_answer` runs after a message was taken, before it says so.

    `refusal` is its answer to every message, empty where it takes them.
    """

    def __init__(self, refusal="", before_answer=lambda _count: None):
        self.messages = []
        self.refusal = refusal
        self.before_answer = before_answer
        self.port = free_port()

    @property
    def address(self):
        return f"mailto://127.0.0.1:{self.port}/?from=watch@rr.example&to=desk@rr.example"

    def subjects(self):
        return [message["Subject"] for message in self.messages]

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.refusal:
            return self.refusal
        self.messages.append(email.message_from_bytes(envelope.content, policy=policy.default))
        self.before_answer(len(self.messages))
        return "250 OK"


@contextmanager
def mail_server(**behaviour):
    mailbox = Mailbox(**behaviour)
    server = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    server.start()
    try:
        yield mailbox
    finally:
        server.stop(no_assert=True)


class Webhook:
    """What a webhook took; `status` is its answer, None: it never answers."""

    def __init__(self, status=200, location=""):
        self.status, self.location = status, location
        self.bodies = []
        self.closing = threading.Event()
        self.address = ""


@contextmanager
def webhook(**behaviour):
    hook = Webhook(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            hook.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            if hook.status is None:
                hook.closing.wait(60)
                return
            self.send_response(hook.status)
            if hook.location:
                self.send_header("Location", hook.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.address = f"http://127.0.0.1:{server.server_port}/hook/of-a-secret"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hook
    finally:
        hook.closing.set()
        server.shutdown()
        server.server_close()


def wait_until(holds, seconds=60.0):
    """Wait until something holds; a test that waits longer fails."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "it never happened"
        time.sleep(0.05)
