"""The MCP server, asked by a client of the SDK: the ten questions get the numbers of the pages."""

import re
import sys
from pathlib import Path

import anyio
import httpx2
import pytest
from mcp import Client, StdioServerParameters

from dashboard.api import dependencies
from dashboard.api.mcp_server import TOOLS, Asking, answer_as, build_http_app, build_server
from dashboard.cli import run
from dashboard.config import Settings
from dashboard.container import build_reading_context

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/questions.md").read_text(encoding="utf-8")
SAID = [
    re.findall(r'Says: "([^\n]+)"\n', answer)
    for answer in re.split(r"^\d+\. ", PAGE, flags=re.MULTILINE)[1:]
]
SENTENCE = "The rouble is at about 80, its highest since June 2024, up more than 40 % this year"
# The tool of each question, and the words of its page that are only labels there.
QUESTIONS = [
    ("event_window", {"event_id": "kellogg-nato-off-table-2025-04-20"}),
    ("largest_moves", {"since": "2025-03-01", "until": "2025-05-31"}),
    ("compare", {"first": "monetary_policy"}),
    ("compare", {"first": "peace_talks", "second": "escalation"}),
    ("robustness", {"category": "nato_remark"}),
    ("correlation", {"category": "sanctions"}),
    ("compare", {"first": "peace_talks"}),
    ("compare", {"first": "peace_talks"}),
    ("check_claim", {"text": SENTENCE, "day": "2025-04-21"}),
    ("check_claim", {"text": SENTENCE, "day": "2025-04-21", "asof": "2025-04-20"}),
]


def plain(text):
    """A text with plain spaces, without marks of direction."""
    return " ".join(re.sub("[\u2066-\u2069]", "", text).split())


def numbers(text):
    """The numbers of a sentence."""
    return re.findall(r"\d[\d,]*(?:\.\d+)?", text)


@pytest.fixture
def server():
    return build_server(Asking(build_reading_context(Settings()), "http://pages.example"))


def ask(server, tool, **arguments):
    """What a client of the SDK gets: whether it is an error, the text and the structure."""

    async def call():
        async with Client(server) as client:
            result = await client.call_tool(tool, arguments)
            return result.is_error, result.content[0].text, result.structured_content

    return anyio.run(call)


@pytest.mark.parametrize(
    ("question", "said"), [*zip(QUESTIONS, SAID, strict=True)], ids=range(1, 11)
)
def test_a_question_gets_the_numbers_of_its_page(server, question, said):
    tool, arguments = question
    is_error, _text, answer = ask(server, tool, **arguments)
    assert not is_error
    assert answer["n"] > 0
    assert re.search(r"data to \d+ \w+ \d{4}", answer["as_of"])
    assert answer["caution"] == "A move near an event is no proof of its cause."
    assert answer["link"].startswith("http://pages.example/")
    everything = plain(f"{answer['answer']} {answer.get('rows')} {answer.get('lost')}")
    for sentence in map(plain, said):
        is_label = re.search(r"lost at|events used, with|in a day, from|^Frozen", sentence)
        if not is_label:
            head = sentence.rstrip(".").removeprefix("Stronger ").casefold()
            is_there = head in everything.casefold()
            assert is_there or {*numbers(sentence)} <= {*numbers(everything)}, sentence


def test_the_labels_of_the_pages_are_rows_of_the_answers(server):
    lost = ask(server, "compare", first="peace_talks")[2]["lost"]
    steps = {row["step"]: row for row in lost}
    assert len(steps["Inside the data"]["lost"]) == 6
    assert steps["Used"]["left"] == 73
    moves = ask(server, "largest_moves", since="2025-03-01", until="2025-05-31")[2]["rows"]
    day = next(row for row in moves if row["day"] == "2025-03-18")
    assert (day["base_rate"], day["base_day"]) == (84.3059, "2025-03-17")
    frozen = ask(server, *["rates"], asof="2025-04-20")[2]
    assert frozen["as_of"] == "usd_rub_cbr: data to 18 Apr 2025"
    assert frozen["rows"][-1]["rate"] == 81.1371


def test_every_tool_is_read_only_and_described(server):
    async def list_tools():
        async with Client(server) as client:
            return (await client.list_tools()).tools

    tools = anyio.run(list_tools)
    assert {tool.name for tool in tools} == {*TOOLS}
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        assert len(tool.description) > 40


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("facts", {"day": "yesterday"}, "day yesterday: is no day"),
        ("event_window", {"event_id": "none"}, "event_id none: is no event; the tool `events`"),
        ("study", {"category": "no_such"}, "category no_such: no event has it"),
        ("rates", {"limit": 10_000}, "limit 10000: must lie between 1 and 200"),
        ("rates", {"series": "no_such"}, "no_such"),
        ("method", {"name": "magic"}, "name magic: is no test and no model"),
    ],
)
def test_an_error_is_one_line(server, tool, arguments, message):
    is_error, text, _structure = ask(server, tool, **arguments)
    assert is_error
    assert message in text
    assert "\n" not in text
    assert "Traceback" not in text


def test_other_tools_answer(server):
    assert ask(server, "method", name="cluster_rank")[2]["rows"][0]["null_hypothesis"]
    assert ask(server, "list_series")[2]["n"] >= 11
    assert ask(server, "facts", day="2025-04-21")[2]["rows"][0]["rate"] == 80.7597
    found = ask(server, "events", category="nato_remark", text="Kellogg", limit=5)[2]
    assert "kellogg-nato-off-table-2025-04-20" in {row["id"] for row in found["rows"]}
    assert ask(server, "study", category="domestic")[2]["rows"]


def test_a_program_asks_over_standard_input_and_output(tmp_path):
    process = StdioServerParameters(
        command=sys.executable,
        args=["-m", "dashboard", "mcp"],
        cwd=str(ROOT),
        env={"DASHBOARD_HOME": str(tmp_path), "DASHBOARD_OFFLINE": "1"},
    )
    answer = ask(process, "facts", day="2025-04-21")[2]
    assert "80.7597 RUB per USD on 21 Apr 2025" in answer["answer"]
    assert [*tmp_path.iterdir()] == []


def test_over_http_a_wrong_token_is_refused_and_none_reads_what_is_shared():
    dependencies.get_live_context.cache_clear()
    app = build_http_app("http://pages.example")

    async def ask_over_http(headers):
        body = {
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "facts", "arguments": {"day": "2025-04-21"}},
        }  # fmt: skip
        kind = {"Accept": "application/json, text/event-stream"} | headers
        transport = httpx2.ASGITransport(app=app)
        async with (
            app.app.router.lifespan_context(app.app),
            httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8600") as client,
        ):
            return await client.post("/mcp", json=body, headers=kind)

    refused = anyio.run(ask_over_http, {"Authorization": "Bearer rr_wrong"})
    assert refused.status_code == 401
    assert "unknown, expired or revoked" in refused.text
    app = build_http_app("http://pages.example")
    read = anyio.run(ask_over_http, {})
    assert read.status_code == 200
    assert "80.7597" in read.text
    dependencies.get_live_context.cache_clear()


def test_without_the_extra_one_line_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    assert run(["mcp"]) == 2
    line = capsys.readouterr().err
    assert "pip install 'rouble-reaction[agents]'" in line
    assert line.count("\n") == 1


def test_one_reader_is_not_another():
    one, other = (Asking(build_reading_context(Settings()), address) for address in "ab")
    with answer_as(one):
        with answer_as(other):
            assert TOOLS["list_series"]()["link"] == "b/data"
        assert TOOLS["list_series"]()["link"] == "a/data"
