"""Backups at the run_cli: one file out, one file in."""

import zipfile


def test_backup_restore_of_everything(run_cli, tmp_path, dashboard_home, write_file):
    run_cli("events", "add", "Kellogg on NATO", "--date", "2025-04-21", "--author", "Ann")
    run_cli("rates", "import", write_file("desk.csv", "date,desk\n2025-01-01,90\n2025-01-02,91\n"))
    file = tmp_path / "all.zip"
    done = run_cli("backup", file)
    assert done.out == f"1 note with 1 change and 1 series of your own written to {file}\n"
    assert sorted(zipfile.ZipFile(file).namelist()) == [
        "manifest.json", "notes.sqlite3", "rates/own_desk.npz",
    ]  # fmt: skip
    (note,) = run_cli("events", "list", "--origin", "note", "--json").json
    run_cli("events", "remove", note["id"])
    run_cli("rates", "remove", "own_desk")

    refused = run_cli("restore", file)
    assert (refused.code, len(refused.err.splitlines())) == (2, 1)
    assert "allow replacing" in refused.err
    restored = run_cli("restore", file, "--replace")
    assert restored.code == 0
    assert "1 note with 1 change and 1 series of your own put back" in restored.out
    assert run_cli("events", "list", "--origin", "note", "--json").json == [note]
    assert run_cli("rates", "export", "-", "--rates", "own_desk").out.count("own_desk") == 2
    (stored,) = (dashboard_home / "backups").iterdir()
    assert str(stored) in restored.out
    actions = [one["action"] for one in run_cli("audit", "--json").json]
    assert actions[0] == "restore-backup"


def test_backup_restore_tells_what_is_wrong_in_one_line(run_cli, tmp_path, write_file):
    run_cli("events", "add", "a note", "--date", "2025-04-21")
    for file in (write_file("diary.zip", "no zip at all"), tmp_path / "nowhere.zip"):
        answer = run_cli("restore", file, "--replace")
        assert (answer.code, answer.out, len(answer.err.splitlines())) == (2, "", 1)
        assert file.name in answer.err
    answer = run_cli("backup", write_file("taken.zip", "mine"))
    assert (answer.code, (tmp_path / "taken.zip").read_text()) == (2, "mine")
