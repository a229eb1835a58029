"""The command line as a whole: exit codes, one line for an error, clean ends, a quick start."""

from __future__ import annotations

import re
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import dashboard
from dashboard.models.errors import SourceError, StoreError

ROOT = Path(__file__).parents[2]
COMMANDS = {
    (): {
        *("open", "article", "study", "robustness", "facts", "export", "report", "reproduce"),
        *("drivers", "precedents", "counterfactual"),
        *("doctor", "backup", "restore", "migrate", "audit", "mcp"),
        *("events", "rates", "inbox", "feeds", "tokens", "people", "alerts", "watch"),
    },
    ("events",): {
        *("list", "upcoming", "add", "edit", "remove", "restore", "history", "export"),
        *("import", "imports", "undo-import", "copy", "hide", "unhide"),
    },
    ("inbox",): {"list", "refresh", "search", "accept", "dismiss"},
    ("feeds",): {"list", "add", "remove"},
    ("tokens",): {"create", "list", "revoke"},
    ("people",): {"list", "role", "sign-out", "remove"},
    ("alerts",): {
        *("add", "list", "remove", "test", "log", "send-again"),
        *("targets", "add-target", "remove-target", "try-target"),
    },
    ("rates",): {
        *("list", "refresh", "export", "import", "remove", "record", "regimes", "search"),
        "basket",
    },
    ("rates", "basket"): {"list", "show", "add", "remove"},
}


@pytest.fixture
def process(monkeypatch):
    """Starts a command in a process of its own; none outlives its test."""
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    started = []

    def start(*arguments):
        write_file = subprocess.Popen(
            [sys.executable, "-m", "dashboard", *map(str, arguments)], cwd=ROOT, text=True,
            encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(write_file)
        return write_file

    yield start
    for item in started:
        item.kill()
        item.communicate()


def end_of(started):
    out, err = started.communicate(timeout=120)
    return started.returncode, out, err


# ------------------------------------------------------------------ help


@pytest.mark.parametrize("group", COMMANDS, ids=lambda group: " ".join(group) or "dashboard")
def test_help_names_every_command(run_cli, group):
    answer = run_cli(*group, "--help")
    listed = set(re.findall(r"^  ([a-z-]+)  ", answer.out.split("Commands:")[1], re.MULTILINE))
    assert answer.code == 0
    assert listed == COMMANDS[group]


@pytest.mark.parametrize("group", COMMANDS, ids=lambda group: " ".join(group) or "dashboard")
def test_without_a_command_the_help_is_shown(run_cli, group):
    assert run_cli(*group).out == run_cli(*group, "--help").out


def test_the_version_is_that_of_the_package(run_cli):
    assert run_cli("--version").out == f"{dashboard.__version__}\n"


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from dashboard.cli import run; run(['--help']);"
        " print(*sorted({'numpy', 'pandas', 'streamlit', 'sqlalchemy', 'pydantic', 'rich'}"
        " & set(sys.modules)), file=sys.stderr)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert answer.stderr.strip() == ""


# ------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["events", "nonsense"], "No such command 'nonsense'"),
        (["study", "--windw", "1:2"], "No such option: --windw (Possible options: --window)"),
        (["study", "--window"], "Option '--window' requires an argument"),
        (["study", "--window", "5"], "--window 5: is no window; write first and last offset"),
        (["study", "--window", "5:-5"], "--window 5:-5: the window ends before it starts"),
        (["study", "--window", "-9999:0"], "--window -9999:0: reaches more than"),
        (["study", "--car", "0:99"], "--car 0:99: lies outside the event window -5:10"),
        (["study", "--gap", "ten"], "--gap ten: is no number of observations"),
        (["study", "--gap", "-1"], "--gap -1: must be 0 or more"),
        (["study", "--returns", "net"], "'net' is not one of 'log', 'simple'"),
        (["study", "--overlap", "x"], "'x' is not one of 'keep', 'first', 'exclude'"),
        (["study", "--model", "market"], "--model market: needs a factor; name its column or its"),
        (["study", "--model", "arima"], "--model arima: not known; choose one of none, mean"),
        (["study", "--factor", "BRENT"], "--factor BRENT: is no column and no series"),
        (["study", "--category", "x"], "--category x: no event has it; choose one of domestic"),
        (["study", "--origin", "note"], "there is no event to study"),
        (["study", "--rates", "gbp"], "--rates gbp: is neither a file nor one of the series usd"),
        (["study", "--rates", "gone.csv"], "gone.csv: there is no such file"),
        (["study", "--events", "gone.csv"], "gone.csv: there is no such file"),
        (["study", "--quote", "rub-per-usd"], "--quote rub-per-usd: is for a FILE of rates"),
        (["study", "--series", "EUR"], "--series EUR: is not there; choose one of usd_rub_cbr"),
        (["study", "--estimation", "2"], "--estimation 2: too short to learn from; give 3 or more"),
        (["facts"], "Missing argument 'DATE'"),
        (["facts", "21.04.2025"], "DATE 21.04.2025: is no date; write it like 2025-04-21"),
        (["facts", "2025-02-30"], "DATE 2025-02-30: is a date that does not exist"),
        (["facts", "٢٠٢٥-٠٤-٢١"], "is no date"),
        (["facts", "1990-01-01"], "1990-01-01: before the data of usd_rub_cbr"),
        (["facts", "2025-04-21", "--since", "2025-05-01"], "--since 2025-05-01: lies after"),
        (["events", "list", "--category", "talks"], "--category talks: no event has it"),
        (["events", "add", "", "--date", "2025-01-01"], "title: is empty"),
        (["events", "add", "x", "--date", "2025-1-1"], "--date 2025-1-1: is no date"),
        (["events", "add", "x", "--date", "2025-01-01", "--time", "25:00"], "--time 25:00: is no"),
        (["events", "add", "x", "--date", "2025-01-01", "--time", "9:00", "--zone", "Mars"],
         "--zone Mars: is no time zone"),
        (["events", "add", "x", "--date", "2025-01-02", "--end", "2025-01-01"], "end: 2025-01-01"),
        (["events", "add", "x", "--date", "2025-01-01", "--link", "javascript:alert(1)"], "link: "),
        (["events", "add", "x" * 501, "--date", "2025-01-01"], "title: 501 characters, at most"),
        (["events", "history", "note-gone"], "note-gone: there is no event with this id"),
        (["events", "remove", "kellogg-nato-off-table-2025-04-20"], "read-only"),
        (["rates", "import", "x.csv"], "x.csv: there is no such file; check the path"),
        (["open", "--port", "99999"], "'--port'"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else "",
)  # fmt: skip
def test_a_mistake_is_reported_in_one_line(run_cli, arguments, message):
    answer = run_cli(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("error: ")
    assert message in answer.err
    assert answer.err.count("\n") == 1


def test_what_was_typed_cannot_steer_the_terminal(run_cli):
    answer = run_cli("facts", "\x1b[2J\x07\n2025")
    assert answer.code == 2
    assert "\x1b" not in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("error", [SourceError("the bank is closed"), StoreError("disk is gone")])
def test_a_source_or_store_that_fails_is_exit_code_3(run_cli, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("dashboard.container.build_context", fail)
    answer = run_cli("facts", "2025-04-21")
    assert (answer.code, answer.err) == (3, f"error: {error}\n")


def test_a_store_that_cannot_be_reached_is_reported_without_its_address(run_cli, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:canary@127.0.0.1:1/none")
    answer = run_cli("events", "list")
    assert answer.code == 3
    assert answer.err.count("\n") == 1
    assert "canary" not in answer.err


def test_a_fault_of_ours_is_reported_in_one_line_and_can_be_looked_at(run_cli, monkeypatch):
    def fail(*_, **__):
        msg = "boom"
        raise RuntimeError(msg)

    monkeypatch.setattr("dashboard.container.build_context", fail)
    answer = run_cli("facts", "2025-04-21")
    assert answer.code == 3
    assert answer.err == (
        "error: this should not happen (RuntimeError: boom); see where with --traceback\n"
    )
    with pytest.raises(RuntimeError, match="boom"):
        run_cli("--traceback", "facts", "2025-04-21")


def test_a_wrong_variable_of_the_environment_is_named(run_cli, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    answer = run_cli("facts", "2025-04-21")
    assert answer.code == 2
    assert "SOURCE_DATE_EPOCH" in answer.err
    assert answer.err.count("\n") == 1


# ------------------------------------------------------------------ clean ends


@pytest.mark.parametrize(
    "arguments", [["rates", "export", "-"], ["study", "--json"], ["events", "list"]]
)
def test_a_reader_that_has_had_enough_causes_no_complaint(process, arguments):
    started = process(*arguments)
    started.stdout.read(1)
    started.stdout.close()
    assert started.stderr.read() == ""
    assert started.wait(timeout=60) == 0
    started.stdout = None


def test_ctrl_c_ends_the_server_without_a_traceback(process):
    started = process("open", "--port", "0", "--no-browser")
    assert started.stdout.readline().startswith("Rouble Reaction is at http://127.0.0.1:")
    started.send_signal(signal.SIGINT)
    code, _, err = end_of(started)
    assert "Traceback" not in err
    assert code in {0, 130}


def test_a_port_in_use_is_reported_before_anything_starts(process):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, out, err = end_of(process("open", "--port", port, "--no-browser"))
    assert (code, out) == (2, "")
    assert err.startswith(f"error: --port {port}: cannot be used")
    assert err.count("\n") == 1


def test_output_is_utf_8_whatever_the_terminal_says(process, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    code, out, err = end_of(process("facts", "2025-04-21"))
    assert (code, err) == (0, "")
    assert "−0.465" in out


def test_help_comes_quickly(process):
    times = []
    for _ in range(3):
        begun = resource.getrusage(resource.RUSAGE_CHILDREN)
        end_of(process("--help"))
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime)
    assert min(times) < 1.0  # about 0.15 s where nothing else runs
