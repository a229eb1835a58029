"""People sign in at a real OpenID provider on the loopback, and each sees what is theirs."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest
from oidc_provider_mock import User, run_server_in_thread

from dashboard.models.people import Role
from dashboard.storage.notes import NoteRepository
from tests.browser.conftest import Reader
from tests.started_product import Product

pytestmark = [
    pytest.mark.browser,
    # The provider runs in a thread of the tests and uses what its library is about to rename.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

PEOPLE = (
    User(sub="u1", claims={"email": "Ann@example.org", "groups": ["FX desk"]}),
    User(sub="u2", claims={"email": "bob@example.org"}),
    User(sub="u3", claims={"email": "eve@example.org", "email_verified": False}),
)


def provider_and_product(home, **options):
    """A provider, and a product that signs people in there."""
    provider = run_server_in_thread(user_claims=PEOPLE, **options)
    server = provider.__enter__()
    product = Product(home)
    product.environment = {
        "DASHBOARD_SIGN_IN": "oidc",
        "DASHBOARD_PUBLIC_URL": product.url.rstrip("/"),
        "DASHBOARD_OIDC_METADATA_URL": (
            f"http://127.0.0.1:{server.server_port}/.well-known/openid-configuration"
        ),
        "DASHBOARD_OIDC_CLIENT_ID": "rouble",
        "DASHBOARD_OIDC_CLIENT_SECRET": "a client secret",
        "DASHBOARD_COOKIE_SECRET": "0123456789abcdef" * 4,
        "DASHBOARD_EDITORS": "group:FX desk",
    }
    return provider, product


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    provider, product = provider_and_product(tmp_path_factory.mktemp("home"))
    try:
        yield product.start()
    finally:
        product.stop()
        provider.__exit__(None, None, None)


@pytest.fixture(scope="module")
def store(product):
    with closing(NoteRepository(f"sqlite:///{product.home / 'events.sqlite3'}")) as store:
        yield store


@pytest.fixture
def visit(chromium, product):
    """A browser of its own on the pages, signed in as somebody where a name is given."""
    contexts = []

    def open_pages(sub="", path=""):
        contexts.append(chromium.new_context(viewport={"width": 1400, "height": 1100}))
        reader = Reader(contexts[-1].new_page(), product.url)
        page = reader.page
        page.goto(product.url)
        if sub:
            page.get_by_role("button", name="Sign in").click()
            page.get_by_role("button", name=sub).click()
        if path:
            page.get_by_role("button", name="Settings").wait_for()
            page.goto(product.url + path)
        return page

    yield open_pages
    for context in contexts:
        context.close()


def is_shown(page, text):
    page.get_by_text(text).filter(visible=True).first.wait_for()


def test_a_person_signs_in_is_named_and_signs_out(visit, product):
    page = visit("u1", "events")
    page.get_by_role("button", name="Add note").wait_for()
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    cookie = cookies["_streamlit_user"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert page.context.request.get(f"{product.url}api/v1/events.csv").status == 200
    page.get_by_role("button", name="Settings").click()
    named = page.get_by_text("Signed in as").filter(visible=True).first.inner_text()
    assert named.replace("\u2060", "") == "Signed in as ann@example.org, editor"
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()
    page.get_by_role("button", name="Sign in").wait_for()
    page.context.add_cookies([cookie])  # of a copy that somebody else made before
    page.goto(product.url)
    is_shown(page, "Your sign-in has ended")


def test_a_viewer_is_offered_no_change_and_a_role_holds_from_the_next_action(visit, store):
    page = visit("u2", "events")
    page.get_by_role("button", name="Settings").wait_for()
    is_shown(page, "Not investment advice")
    assert page.get_by_role("button", name="Add note").count() == 0
    store.people.give_role("bob@example.org", Role.EDITOR)
    page.reload()
    page.get_by_role("button", name="Add note").wait_for()
    store.people.end_all("bob@example.org")
    page.get_by_role("button", name="Add note").click()
    page.get_by_text("Your sign-in has ended").first.wait_for()


def test_who_is_refused_by_the_provider_reads_one_line(visit):
    page = visit("", "")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Deny").click()
    is_shown(page, "You were not signed in: the identity provider refused")


def test_an_address_that_is_not_verified_signs_nobody_in(visit):
    is_shown(visit("u3"), "has not verified your address; nobody was signed in")


def test_a_forged_cookie_is_no_sign_in(visit, product):
    page = visit()
    forged = {"name": "_streamlit_user", "value": "2|1:0|10:0|forged", "url": product.url}
    page.context.add_cookies([forged])
    page.goto(product.url)
    is_shown(page, "You are not signed in")
    assert page.context.request.get(f"{product.url}api/v1/events.csv").status == 401


def test_an_expired_identity_token_signs_nobody_in(chromium, tmp_path):
    expired = timedelta(minutes=-10)
    provider, product = provider_and_product(tmp_path, access_token_max_age=expired)
    context = chromium.new_context()
    try:
        product.start()
        page = context.new_page()
        page.goto(product.url)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="u1").click()
        is_shown(page, "its identity token is not valid")
    finally:
        context.close()
        product.stop()
        provider.__exit__(None, None, None)
