"""Backups at the shell: one file out, one file in."""

import zipfile


def test_backup_restore_of_everything(shell, tmp_path, dashboard_home, made):
    shell("events", "add", "Kellogg on NATO", "--date", "2025-04-21", "--author", "Ann")
    shell("rates", "import", made("desk.csv", "date,desk\n2025-01-01,90\n2025-01-02,91\n"))
    file = tmp_path / "all.zip"
    done = shell("backup", file)
    assert done.out == f"1 note with 1 change and 1 series of your own written to {file}\n"
    assert sorted(zipfile.ZipFile(file).namelist()) == [
        "manifest.json", "notes.sqlite3", "rates/own_desk.npz",
    ]  # fmt: skip
    (note,) = shell("events", "list", "--origin", "note", "--json").json
    shell("events", "remove", note["id"])
    shell("rates", "remove", "own_desk")

    refused = shell("restore", file)
    assert (refused.code, len(refused.err.splitlines())) == (2, 1)
    assert "allow replacing" in refused.err
    restored = shell("restore", file, "--replace")
    assert restored.code == 0
    assert "1 note with 1 change and 1 series of your own put back" in restored.out
    assert shell("events", "list", "--origin", "note", "--json").json == [note]
    assert shell("rates", "export", "-", "--rates", "own_desk").out.count("own_desk") == 2
    (kept,) = (dashboard_home / "backups").iterdir()
    assert str(kept) in restored.out
    actions = [one["action"] for one in shell("audit", "--json").json]
    assert actions[0] == "restore-backup"


def test_backup_restore_tells_what_is_wrong_in_one_line(shell, tmp_path, made):
    shell("events", "add", "a note", "--date", "2025-04-21")
    for file in (made("diary.zip", "no zip at all"), tmp_path / "nowhere.zip"):
        answer = shell("restore", file, "--replace")
        assert (answer.code, answer.out, len(answer.err.splitlines())) == (2, "", 1)
        assert file.name in answer.err
    answer = shell("backup", made("taken.zip", "mine"))
    assert (answer.code, (tmp_path / "taken.zip").read_text()) == (2, "mine")
