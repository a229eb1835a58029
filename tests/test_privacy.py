"""A started product and another user of the machine, who has no token: not one private word.

Whoever opens the pages on the loopback sees what they show; `open --token` closes them, which
tests/browser/test_http_security.py tries.
"""

import io
import json
import re
import socket
import subprocess
import sys
import time
import zipfile

import pytest

from dashboard.services.admin import create_token
from dashboard.storage.notes import NoteRepository
from tests.started_product import ROOT, SECONDS, Product

WORD = "quicksilver"
NOTE = {
    "date": "2025-04-21", "title": f"The {WORD} deal", "text": f"{WORD} and more",
    "tags": [WORD], "category": f"{WORD} plans", "visibility": "private",
}  # fmt: skip


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """A product of Ann's, in which she writes private notes and makes mistakes."""
    home = tmp_path_factory.mktemp("home")
    running = Product(home, DASHBOARD_USER="Ann").start()
    try:
        write_private_notes(running)
        yield running
    finally:
        running.stop()


def write_private_notes(product):
    """Notes of Ann's that are added, edited, deleted and refused."""
    store = NoteRepository(f"sqlite:///{product.home / 'events.sqlite3'}", person="Ann")
    product.secret = create_token(store.tokens, "desk", "Ann")[0]
    store.close()
    product.note = sent(product, "POST", "events", NOTE, 201)["id"]
    sent(product, "POST", "events", NOTE | {"end_date": "1999-01-01"}, 422)
    sent(product, "PATCH", f"events/{product.note}", {"text": f"{WORD} again"}, 200, '"1"')
    sent(product, "PATCH", f"events/{product.note}", {"text": f"{WORD} late"}, 409, '"1"')
    other = sent(product, "POST", "events", NOTE, 201)["id"]
    sent(product, "DELETE", f"events/{other}", None, 204, '"1"')


def sent(product, method, path, body, status, revision=None):
    headers = {"Authorization": f"Bearer {product.secret}", "Content-Type": "application/json"}
    headers |= {"If-Match": revision} if revision else {}
    content = None if body is None else json.dumps(body).encode()
    answered, _, answer = product.get(f"api/v1/{path}", method=method, body=content, **headers)
    assert answered == status, answer
    return json.loads(answer) if answer else None


def addresses(product):
    """Every address that a program may read, with the note wherever an event is named."""
    described = json.loads(product.get("api/openapi.json")[2])["paths"]
    for template, methods in described.items():
        if "get" not in methods:
            continue
        path = template.replace("{event_id}", product.note)
        path = path.replace("{name}", "event").replace("{kind}", "svg")
        values = {
            f"{p['name']}=2025-04-21"
            for p in methods["get"].get("parameters", ())
            if p.get("required") and p["in"] == "query"
        } | ({f"id={product.note}"} if "/charts/" in path else set())
        yield f"api{path}?{'&'.join(values)}"
        yield f"api{path}?{'&'.join((*values, 'asof=2099-01-01'))}"
    yield from ("", "events", f"event?id={product.note}", "healthz", "_stcore/health", "nothing")


def text_of(body):
    """A body as text; of a workbook that of its parts."""
    if not body.startswith(b"PK"):
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def test_nobody_else_reads_a_private_word_or_the_id_of_a_private_note(product):
    tried = list(addresses(product))
    assert len(tried) > 30
    for address in tried:
        status, headers, body = product.get(address)
        answer = f"{headers}{text_of(body)}"
        assert status in ({401} if "alerts.rss" in address else {200, 400, 404}), address
        assert WORD not in answer, address
        if product.note not in address:
            assert product.note not in answer, address


def test_the_owner_reads_them_through_the_same_process(product):
    owner = {"Authorization": f"Bearer {product.secret}"}
    body = product.get("api/v1/events.json?origin=note", **owner)[2]
    assert body.decode().count(f"{WORD} again") == 1


def test_no_line_of_the_log_holds_a_private_word_and_every_line_is_json(product):
    product.get("api/v1/%00")
    product.get("api/v1/events.json", Authorization="Bearer rr_wrong")
    log = product.log.read_text()
    assert WORD not in log
    lines = [json.loads(line) for line in log.splitlines()]
    actions = [line.get("action") for line in lines]
    assert actions.count("create") == 2
    assert {"edit", "delete", "token-refused"} <= set(actions)
    assert {"at", "level", "logger"} <= set.intersection(*map(set, lines))


def in_the_shell(product, *arguments):
    """The output of a command that Ann runs on the data of the product."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_HOME", str(product.home))
        patch.setenv("DASHBOARD_USER", "Ann")
        command = [sys.executable, "-m", "dashboard", *map(str, arguments)]
        return subprocess.run(
            command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=SECONDS
        ).stdout


def test_files_with_private_text_are_for_their_owner_alone(product, tmp_path):
    in_the_shell(product, "events", "export", tmp_path / "events.csv")
    in_the_shell(product, "export", tmp_path / "all")
    in_the_shell(product, "study", "--origin", "note", "--out", tmp_path / "study",
                 "--bundle", tmp_path / "study.zip")  # fmt: skip
    in_the_shell(product, "report", product.note, "--out", tmp_path / "note.html")
    in_the_shell(product, "backup", tmp_path / "backup.zip")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert WORD in (tmp_path / "events.csv").read_text()
    with zipfile.ZipFile(tmp_path / "study.zip") as packed:
        assert WORD in "".join(packed.read(name).decode() for name in packed.namelist())


def test_files_without_private_text_are_written_as_usual(product, tmp_path):
    usual = tmp_path / "usual"
    usual.touch()
    in_the_shell(product, "events", "export", tmp_path / "events.csv", "--origin", "catalogue")
    in_the_shell(product, "rates", "export", tmp_path / "rates.csv")
    for name in ("events.csv", "rates.csv"):
        assert (tmp_path / name).stat().st_mode == usual.stat().st_mode


def test_another_program_cannot_hold_a_connection_by_sending_slowly(product):
    def seconds_until_closed(first):
        with socket.create_connection(("127.0.0.1", product.port)) as connection:
            connection.settimeout(SECONDS)
            started = time.monotonic()
            connection.sendall(first)
            answer = b""
            while piece := connection.recv(65_536):
                answer += piece
            return time.monotonic() - started, answer

    body = (
        f"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{product.port}\r\n"
        f"Authorization: Bearer {product.secret}\r\nContent-Type: application/json\r\n"
        "Content-Length: 500\r\n\r\n{"
    ).encode()
    for first, status in ((b"GET / HTTP/1.1\r\nHost:", b""), (body, b"408")):
        seconds, answer = seconds_until_closed(first)
        assert 9 < seconds < 40
        assert status in answer.partition(b"\r\n")[0]


def test_every_odd_path_is_answered_with_problem_details(product):
    odd = (
        "api", "api/", "/api/v1/events.json", "api//v1/events.json", "api/v1/%2e%2e/%2e%2e/etc",
        "api/v1/events/%00", "api/v1/events/%ff%fe", "api/v1/events/%5c%5cserver%5cx",
        "C:/windows", "_stcore/metrics", "api/v1/" + "a" * 5_000,
    )  # fmt: skip
    for path in odd:
        status, headers, body = product.get(path)
        assert headers["Content-Type"] == "application/problem+json", path
        assert json.loads(body)["status"] == status, path
        assert status in {400, 404}, path


def test_a_host_that_is_empty_or_another_is_refused(product):
    for host in ("", ":8501", "evil.example"):
        status, headers, _ = product.get("api/v1/events.json", Host=host)
        assert status == 400
        assert headers["Content-Type"] == "application/problem+json"


def test_a_page_tells_the_browser_what_it_may_do(product):
    headers = product.get("")[1]
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert re.fullmatch(r"'self'(?: 'sha256-[A-Za-z0-9+/=]{44}'){3}", policy["script-src"])
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
