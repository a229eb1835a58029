"""The HTML page: what it carries, which addresses it answers, where /explore leads."""

import base64
import hashlib
import re

import pytest

from dashboard.ui.http_security import BasePath, page_policy
from dashboard.ui.index_page import STREAMLIT_INDEX, IndexPage, build_index, is_page
from tests.ui.test_http_security import answer, echo, exchange


def ask(path, query=b""):
    return answer(exchange(IndexPage(echo), path=path, query_string=query))


@pytest.mark.parametrize("path", ["/", "/compare", "/nothing-of-this-name"])
def test_a_page_is_answered_with_the_title_and_is_never_cached(path):
    status, headers, body = ask(path)
    assert (status, body.count(b"<title>Rouble Reaction</title>")) == (200, 1)
    assert ("cache-control", "no-store") in headers


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/v1/rates.csv", "/_stcore/health", "/static/js/index.js", "/healthz",
     "/media/1.png", "/favicon.png", "/compare/_stcore/stream", "//elsewhere"],
)  # fmt: skip
def test_what_is_no_page_is_left_to_the_application(path):
    assert not is_page({"path": path})
    assert ask(path)[2] == b"?"


@pytest.mark.parametrize("query", ["from=2025-01-01", ""])
def test_the_name_of_the_first_page_leads_to_it(query):
    status, headers, _body = ask("/explore", query.encode())
    assert (status, dict(headers)["location"]) == (307, f"/?{query}" if query else "/")


def test_the_code_of_charts_is_fetched_with_the_page():
    (name,) = re.findall(
        r'rel="modulepreload"[^>]*"\./static/js/(PlotlyChart[^"]+)"', build_index()
    )
    assert (STREAMLIT_INDEX.parent / "static" / "js" / name).is_file()


def test_the_policy_allows_each_inline_script_and_no_other():
    scripts = re.findall(r"<script>(.*?)</script>", build_index(), re.DOTALL)
    hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts}
    assert len(hashes) == 3  # Streamlit's own, the frame, the date fields
    assert set(re.findall(r"'sha256-([^']+)'", page_policy())) == hashes


def test_below_a_base_path_the_page_tells_it_to_its_script_and_keeps_its_policy():
    page = build_index("/rates")
    head = page.index('<meta name="base-path" content="/rates">')
    assert head < page.index("meta[name=base-path]")
    assert "base-path" not in build_index().split("<script>", maxsplit=1)[0]
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert scripts == re.findall(r"<script>(.*?)</script>", build_index(), re.DOTALL)


def test_below_a_base_path_the_name_of_the_first_page_leads_to_it():
    app = BasePath(IndexPage(echo, "/rates"), "/rates")
    status, headers, _body = answer(exchange(app, path="/rates/explore", query_string=b"a=1"))
    assert (status, dict(headers)["location"]) == (307, "/rates/?a=1")
    assert answer(exchange(app, path="/rates/event"))[2].count(b"base-path") == 2
