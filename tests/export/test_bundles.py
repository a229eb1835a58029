"""A folder of tables: whole files, the manifest last, and nothing of anybody else touched."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.export.bundles import (
    DataFile,
    FileContent,
    Manifest,
    hash_data_file,
    write_bundle,
    write_file,
)
from dashboard.models.errors import InputError, RoubleReactionError

MADE = Manifest(
    parameters={"model": "mean"},
    software_version="9.9.9",
    data_files=[DataFile("rates.csv", "ab" * 32)],
    created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    counts={"events_in": 2, "used": 1, "skipped": 1},
)


def files(text=b"a\n1\n"):
    return {"one.csv": FileContent([text], 1), "two.csv": FileContent(iter([b"b\n", b"2\n3\n"]), 2)}


def test_files_and_their_manifest_are_written(tmp_path):
    folder = tmp_path / "new" / "out"
    paths = write_bundle(folder, files(), MADE)
    assert [path.name for path in paths] == ["one.csv", "two.csv", "manifest.json"]
    assert (folder / "two.csv").read_bytes() == b"b\n2\n3\n"
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "one.csv", "two.csv"]


def test_the_manifest_tells_parameters_version_hashes_counts_and_moment(tmp_path):
    write_bundle(tmp_path, files(), MADE)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["parameters"] == {"model": "mean"}
    assert manifest["software_version"] == "9.9.9"
    assert manifest["data_files"] == [{"name": "rates.csv", "sha256": "ab" * 32}]
    assert manifest["counts"] == {
        "events_in": 2,
        "used": 1,
        "skipped": 1,
        "rows": {"one.csv": 1, "two.csv": 2},
    }
    assert manifest["created_at"] == "2026-01-02T03:04:05Z"
    assert manifest["files"]["one.csv"] == {
        "rows": 1,
        "bytes": 4,
        "sha256": hashlib.sha256(b"a\n1\n").hexdigest(),
    }


def test_the_same_study_gives_the_same_bytes(tmp_path):
    for name in ("first", "second"):
        write_bundle(tmp_path / name, files(), MADE)
    for name in ("one.csv", "two.csv", "manifest.json"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_only_files_of_our_names_are_replaced(tmp_path):
    (tmp_path / "diary.txt").write_text("mine")
    write_bundle(tmp_path, files(), MADE)
    write_bundle(tmp_path, files(b"a\n9\n"), MADE)
    assert (tmp_path / "diary.txt").read_text() == "mine"
    assert (tmp_path / "one.csv").read_bytes() == b"a\n9\n"


def test_a_run_cut_short_leaves_no_half_file_and_no_manifest(tmp_path):
    def breaks():
        yield b"a\n"
        raise OSError(28, "No space left on device")

    write_bundle(tmp_path, files(), MADE)
    with pytest.raises(RoubleReactionError, match="No space left") as caught:
        write_bundle(tmp_path, {"one.csv": FileContent(breaks(), 1)}, MADE)
    assert caught.value.exit_code == 3
    assert (tmp_path / "one.csv").read_bytes() == b"a\n1\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.csv", "two.csv"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "out").write_text("x")
    with pytest.raises(InputError, match="out out: is a file; give a folder"):
        write_bundle(tmp_path / "out", files(), MADE)
    with pytest.raises(InputError, match="out deeper: cannot be made"):
        write_bundle(tmp_path / "out" / "deeper", files(), MADE)


def test_one_file_is_written_whole(tmp_path):
    write_file(tmp_path / "x.csv", [b"a", b"b"])
    assert (tmp_path / "x.csv").read_bytes() == b"ab"
    with pytest.raises(InputError, match=r"x\.csv: cannot be written"):
        write_file(tmp_path / "none" / "x.csv", [b"a"])
    for folder in (tmp_path, Path(), Path("..")):
        with pytest.raises(InputError, match="is a folder; give a file name"):
            write_file(folder, [b"a"])


def test_a_data_file_is_named_with_its_hash(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_bytes(b"date,usd\n")
    assert hash_data_file(path) == DataFile("rates.csv", hashlib.sha256(b"date,usd\n").hexdigest())
