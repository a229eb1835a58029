"""`study --bundle` and `reproduce`: in a fresh clone, another home, on other days."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dashboard.export.schemas import STUDY_TABLES
from tests.cli.conftest import table
from tests.services.bar_cache import fill_cache

ROOT = Path(__file__).parents[2]
RATES = "date,usd\n" + "".join(f"2024-{1 + k // 28:02}-{1 + k % 28:02},{80 + k % 7 * 0.37}\n"
                               for k in range(200))  # fmt: skip
EVENTS = "id,date,title\none,2024-06-10,=1+1 said\ntwo,2024-06-20,Said again\n"


def clone(folder):
    """The tracked files of this tree, as a fresh clone holds them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "dashboard", "data", "pyproject.toml"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, listed):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def in_clone(folder, *arguments, home):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_HOME", str(home))
        return subprocess.run(
            [sys.executable, "-m", "dashboard", *map(str, arguments)],
            cwd=folder, check=False, capture_output=True, text=True,
        )  # fmt: skip


def revise(file, day, rate):
    """Another number for a day, as if its publisher had corrected it, and a day more."""
    lines = file.read_text(encoding="utf-8").splitlines()
    at = next(k for k, line in enumerate(lines) if line.startswith(f"{day},"))
    old = lines[at].split(",")
    lines[at] = lines[at].replace(old[lines[0].split(",").index("rate")], rate)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_bundle_of_one_day_is_equal_in_a_fresh_clone_on_later_data(run_cli, tmp_path):
    run_cli("events", "add", "My note", "--date", "2025-04-21", "--category", "nato_remark")
    write_file = tmp_path / "study.zip"
    response = ("--category", "nato_remark", "--car", "0:1", "--car", "0:5")
    assert run_cli("study", *response, "--bundle", write_file).code == 0
    present = clone(tmp_path / "clone")
    # In the clone the rates of a window were revised since, and other notes were written.
    revise(present / "data/rates/usd_rub_cbr.csv", "2025-04-22", "88.8888")
    home = tmp_path / "another home"
    added = in_clone(present, "events", "add", "Theirs", "--date", "2025-04-22", home=home)
    assert added.returncode == 0, added.stderr
    answer = in_clone(present, "reproduce", write_file, home=home)
    assert answer.stdout == f"equal: {len(STUDY_TABLES)} files, byte for byte\n", answer.stderr
    assert answer.returncode == 0


def test_a_study_of_files_is_equal_too(run_cli, write_file, tmp_path):
    rates, events, out = write_file("r.csv", RATES), write_file("e.csv", EVENTS), tmp_path / "b.zip"
    response = ("--rates", rates, "--events", events, "--estimation", 60, "--model", "mean")
    assert run_cli("study", *response, "--out", tmp_path / "out", "--bundle", out).code == 0
    rates.unlink(), events.unlink()
    assert run_cli("reproduce", out).out == f"equal: {len(STUDY_TABLES)} files, byte for byte\n"
    with zipfile.ZipFile(out) as archive:
        for name in ("events.csv", "paths.csv", "tests.csv"):
            assert archive.read(f"results/{name}") == (tmp_path / "out" / name).read_bytes()
        manifest = json.loads(archive.read("manifest.json"))
    assert [item["name"] for item in manifest["data_files"]] == ["r.csv", "e.csv"]


def test_a_factor_is_in_the_bundle(run_cli, tmp_path):
    out = tmp_path / "b.zip"
    response = ("--model", "market", "--factor", "eur_usd_ecb", "--category", "nato_remark")
    assert run_cli("study", *response, "--bundle", out).code == 0
    answer = run_cli("reproduce", out, "--json")
    assert (answer.code, answer.json["status"], answer.json["files"]) == (
        0,
        "equal",
        len(STUDY_TABLES),
    )


def test_the_same_bundle_twice_is_the_same_bytes(run_cli, write_file, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780000000")
    rates, events = write_file("r.csv", RATES), write_file("e.csv", EVENTS)
    for name in ("a.zip", "b.zip"):
        run_cli("study", "--rates", rates, "--events", events, "--bundle", tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_live_series_that_may_not_be_passed_on_are_taken_from_this_machine(
    run_cli, tmp_path, dashboard_home, monkeypatch
):
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    fill_cache(dashboard_home, "cny_rub_moex")
    out = tmp_path / "b.zip"
    assert run_cli("study", "--rates", "cny_rub_moex", "--bundle", out).code == 0
    with zipfile.ZipFile(out) as archive:
        assert archive.read("inputs/rates.csv").count(b"\n") == 1
        paths = tmp_path / "paths.csv"
        paths.write_bytes(archive.read("results/paths.csv"))
    _, rows = table(paths)
    assert {row["rate"] for row in rows} == {""}
    assert {row["series"] for row in rows} == {"cny_rub_moex"}
    answer = run_cli("reproduce", out)
    assert answer.out == (
        f"equal: {len(STUDY_TABLES)} files, byte for byte\n"
        "  cny_rub_moex: rates of this machine, the same as those used\n"
    )
    monkeypatch.setenv("DASHBOARD_HOME", str(tmp_path / "elsewhere"))
    refused = run_cli("reproduce", out)
    assert refused.code == 2
    assert "; refresh it first" in refused.err


def test_a_difference_is_reported_with_its_place_and_exit_code_1(run_cli, write_file, tmp_path):
    rates, events, out = write_file("r.csv", RATES), write_file("e.csv", EVENTS), tmp_path / "b.zip"
    run_cli("study", "--rates", rates, "--events", events, "--estimation", 60, "--bundle", out)
    with zipfile.ZipFile(out) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    manifest["request"]["window"] = [-5, 9]
    files["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    answer = run_cli("reproduce", out)
    assert answer.code == 1
    assert answer.out.startswith("different: ")
    assert "paths.csv, row 16, " in answer.out  # one offset fewer: the 16th row is another event's
    assert answer.err == ""


@pytest.mark.parametrize("name", ["nothing.zip", ".", "rates.csv"])
def test_what_is_no_bundle_is_refused_in_one_line(run_cli, write_file, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    write_file("rates.csv", RATES)
    answer = run_cli("reproduce", name)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: ")
    assert answer.err.count("\n") == 1
