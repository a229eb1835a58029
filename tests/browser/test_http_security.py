"""The pages under their content security policy, and with a launch token, in a real browser."""

import pytest

from tests.browser.conftest import Reader
from tests.started_product import Product

pytestmark = pytest.mark.browser

PAGES = (
    "", "event?id=kellogg-nato-off-table-2025-04-20", "events", "compare", "facts",
    "robustness", "correlation", "data", "method", "import", "inbox", "article",
)  # fmt: skip


def violations_of(page):
    """A list that grows with what the browser refuses because of the policy."""
    refused = []
    page.on(
        "console",
        lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None,
    )
    return refused


def test_no_page_needs_what_the_policy_forbids(reader):
    refused = violations_of(reader.page)
    for path in PAGES:
        reader.open(path)
    assert refused == []
    reader.open().wait_for_chart()
    reader.click_day("2025-04-21")
    assert refused == []


def test_the_policy_does_stop_a_script_that_is_not_ours(reader):
    refused = violations_of(reader.open("facts").page)
    reader.page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'),"
        " {textContent: 'window.wasRun = true'}))"
    )
    assert reader.page.evaluate("window.wasRun") is None
    assert len(refused) == 1


def test_a_file_is_uploaded_and_downloaded_under_the_policy(reader, tmp_path):
    refused = violations_of(reader.page)
    file = tmp_path / "events.csv"
    file.write_text("date,title\n2025-04-21,Said at the policy desk\n")
    reader.open("import").page.locator("input[type=file]").set_input_files(file)
    assert reader.has("1 new, 0 already there, 0 wrong")
    reader.open("data")
    reader.press("Download rates")
    with reader.page.expect_download() as download:
        reader.page.get_by_role("button", name="CSV", exact=True).first.click()
    assert download.value.failure() is None
    assert refused == []


def test_an_upload_of_more_than_ten_megabytes_is_refused(reader, tmp_path):
    file = tmp_path / "large.csv"
    file.write_bytes(b"date,title\n" + b"x" * 10_500_000)
    reader.open("import").page.locator("input[type=file]").set_input_files(file)
    reader.page.get_by_text("10.0MB", exact=False).first.wait_for()


# ------------------------------------------------------------------ launch token


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """A product that was started with `--token`."""
    running = Product(tmp_path_factory.mktemp("home"), options=("--token",)).start()
    yield running
    running.stop()


@pytest.fixture
def stranger(chromium, closed):
    """A browser that was given nothing."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1500})
    yield Reader(context.new_page(), closed.url)
    context.close()


def test_whoever_has_no_token_sees_nothing(closed, stranger):
    stranger.page.goto(closed.url + "")
    assert "launch token" in stranger.page.inner_text("body")
    assert stranger.page.locator("script").count() == 0
    for path in (
        "", "healthz", "api/v1/events.json", "api/openapi.json", "media/x", "static/js/index.js",
        "_stcore/health", "_stcore/host-config", "?token=wrong", "api/v1/facts.json?token=wrong",
    ):  # fmt: skip
        assert closed.get(path)[0] == 401, path


def test_the_websocket_is_behind_the_token_too(closed, stranger):
    stranger.page.goto(closed.url)
    opened = """new Promise(done => {
        const socket = new WebSocket(`ws://${location.host}/_stcore/stream`, ["streamlit"]);
        socket.onopen = () => done("open");
        socket.onerror = () => done("refused");
    })"""
    assert stranger.page.evaluate(opened) == "refused"
    stranger.page.goto(closed.address)
    stranger.settle()
    assert stranger.page.evaluate(opened) == "open"


def test_the_printed_address_lets_a_browser_in_and_a_cookie_after_that(closed, stranger):
    refused = violations_of(stranger.page)
    stranger.page.goto(closed.address)
    stranger.wait_for_chart()
    assert "token" not in stranger.page.url
    (cookie,) = [c for c in stranger.page.context.cookies() if c["name"].startswith("rouble")]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert cookie["value"] not in closed.address
    stranger.open("data")
    stranger.press("Download rates")
    with stranger.page.expect_download() as download:
        stranger.page.get_by_role("button", name="CSV", exact=True).first.click()
    assert download.value.failure() is None
    assert refused == []


def test_a_program_passes_with_the_token_with_the_cookie_or_with_an_api_token(closed):
    from dashboard.services.admin import create_token
    from dashboard.storage.notes import NoteRepository

    address = "api/v1/facts.json?date=2025-04-21"
    token = closed.address.partition("token=")[2]
    status, headers, _ = closed.get(f"{address}&token={token}")
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert status == 200
    assert closed.get(address, Cookie=cookie)[0] == 200
    assert closed.get("healthz", Cookie=cookie)[0] == 200
    assert closed.get(address, Cookie=cookie + "x")[0] == 401
    store = NoteRepository(f"sqlite:///{closed.home / 'events.sqlite3'}")
    secret, _ = create_token(store.tokens, "desk")
    store.close()
    assert closed.get(address, Authorization=f"Bearer {secret}")[0] == 200
    assert closed.get(address, Authorization="Bearer rr_wrong")[0] == 401
    assert closed.get("healthz", Authorization=f"Bearer {secret}")[0] == 401
