"""`report`: an event as a file, the same bytes each time, every mistake in one line."""

import pytest

EVENT = "kellogg-nato-off-table-2025-04-20"


@pytest.fixture(autouse=True)
def _at_one_moment(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780000000")


def test_an_event_becomes_a_page(run_cli, tmp_path):
    out = tmp_path / "report.html"
    answer = run_cli("report", EVENT, "--out", out, "--pages", "https://desk.example/rr/")
    assert (answer.code, answer.out) == (0, f"written to {out}\n")
    page = out.read_text(encoding="utf-8").replace("\u202f", " ")
    # 100 ln(81.1371 / 80.7597) = 0.466
    assert "Rouble 0.5 % stronger after: Kellogg says NATO membership" in page
    assert f'href="https://desk.example/rr/event?id={EVENT}"' in page
    assert "Free use with attribution to the Bank of Russia" in page
    assert "data to 1 Sep 2026" in page
    assert "made 28 May 2026, 23:26 MSK" in page
    assert "no proof of its cause" in page
    assert len(page) < 1_000_000


def test_a_document_is_the_same_bytes_each_time(run_cli, tmp_path):
    # That every format is drawn the same each time: tests/export/report/test_browser.py.
    choices = ("--window", "-10:20", "--pool", "all", "--rates", "cny_rub_cbr")
    for name in ("one.pdf", "two.pdf"):
        assert run_cli("report", EVENT, "--out", tmp_path / name, *choices).code == 0
    content = (tmp_path / "one.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert content == (tmp_path / "two.pdf").read_bytes()


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_ending_of_the_file_chooses_the_picture(run_cli, tmp_path, kind, begins):
    out = tmp_path / f"chart.{kind}"
    assert run_cli("report", EVENT, "--out", out).code == 0
    assert out.read_bytes().startswith(begins)


def test_without_a_browser_one_line_says_what_to_install(run_cli, tmp_path, monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    out = tmp_path / "report.pdf"
    answer = run_cli("report", EVENT, "--out", out)
    assert (answer.code, answer.out, out.exists()) == (3, "", False)
    assert "neither Chrome nor Chromium is found; install one" in answer.err
    assert answer.err.count("\n") == 1


def test_and_a_bundle_that_is_equal(run_cli, tmp_path):
    out = tmp_path / "event.zip"
    assert run_cli("report", EVENT, "--out", out).code == 0
    assert run_cli("reproduce", out).out == "equal: 2 files, byte for byte\n"


def test_an_event_outside_the_data_has_a_report_that_says_so(run_cli, tmp_path):
    out = tmp_path / "report.html"
    # The rates that ship end on 1 September 2026, the catalogue in October.
    event = run_cli("events", "list", "--since", "2026-10-01", "--json").json[0]["id"]
    assert run_cli("report", event, "--out", out).code == 0
    page = out.read_text(encoding="utf-8")
    assert "No move to show" in page
    assert "<img" not in page
    refused = run_cli("report", event, "--out", tmp_path / "report.png")
    assert (refused.code, "no chart" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((EVENT, "--out", "x.docx"), "end it with .html, .pdf, .png or .svg"),
        (("nobody-said-that", "--out", "x.html"), "`events list --text WORDS` finds its id"),
        ((EVENT, "--out", "x.html", "--rates", "gold"), "choose one of"),
        ((EVENT, "--out", "x.html", "--window", "5:-5"), "window"),
        ((EVENT, "--out", "x.html", "--pages", "javascript:alert(1)"), "is no address"),
        ((EVENT, "--out", "missing/x.zip"), "choose another place"),
        ((EVENT,), "--out"),
    ],
    ids=["ending", "event", "series", "window", "pages", "place", "nothing"],
)
def test_a_mistake_is_one_line(run_cli, tmp_path, monkeypatch, arguments, text):
    monkeypatch.chdir(tmp_path)
    answer = run_cli("report", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert text in answer.err
    assert answer.err.count("\n") == 1
