"""Archives: ours are the same bytes each time; those of others are read with care or refused."""

import io
import stat
import struct
import zipfile

import pytest

from dashboard.export import bundles
from dashboard.export.bundles import unzip_files, zip_files
from dashboard.models.errors import InputError

FILES = {"README.txt": b"read me", "results/a.csv": b"a\n1\n"}


def zipped(*entries, **more):
    """An archive of entries, each a name or a ZipInfo with its content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **more) as made:
        for name, content in entries:
            made.writestr(name, content)
    return out.getvalue()


def link_to(target):
    entry = zipfile.ZipInfo("results/link")
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry, target


def test_what_is_packed_comes_back_and_nothing_of_the_machine_is_in_it():
    content = zip_files(FILES)
    assert unzip_files(content, "x.zip") == FILES
    assert content == zip_files(dict(FILES))
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        for entry in made.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.external_attr >> 16 == stat.S_IFREG | 0o644
        assert made.namelist() == list(FILES)


def truncated():
    return zip_files(FILES)[:-30]


def wrong_crc():
    content = bytearray(zipped(("a.csv", b"x" * 50)))
    content[14] ^= 0xFF  # the CRC in the local header
    at = content.rindex(b"PK\x01\x02") + 16
    content[at] ^= 0xFF  # and in the directory
    return bytes(content)


def locked():
    content = bytearray(zipped(("a.csv", b"x")))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying_size():
    """Says that it unpacks to 10 bytes and brings 1,000."""
    content = bytearray(zipped(("a.csv", b"x" * 1_000)))
    at = content.rindex(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 10)
    return bytes(content)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: b"", "no whole zip"),
        (lambda: b"date,rate\n2025-01-01,1\n", "no whole zip"),
        (truncated, "no whole zip"),
        (wrong_crc, "no whole zip"),
        (lying_size, "no whole zip"),
        (locked, "locked with a password"),
        (lambda: zipped(("../../etc/passwd", b"x")), "would leave its folder"),
        (lambda: zipped(("results/../../x", b"x")), "would leave its folder"),
        (lambda: zipped(("/etc/passwd", b"x")), "would leave its folder"),
        (lambda: zipped(("C:/x", b"x")), "no name of a file of ours"),
        (lambda: zipped(("a\\b", b"x")), "no name of a file of ours"),
        (lambda: zipped(("a\nb", b"x")), "no name of a file of ours"),
        (lambda: zipped(("results/", b"")), "would leave its folder"),
        (lambda: zipped(link_to("/etc/passwd")), "a link or a device"),
        (lambda: zipped(("a.csv", b"1"), ("A.CSV", b"2")), "twice"),
        (lambda: zipped(("a.csv", b"1"), ("a.csv", b"2")), "twice"),
        (lambda: zipped(*((f"{k}.csv", b"") for k in range(101))), "holds 101 files"),
        (lambda: zipped(("a.csv", bytes(100_000_001)), compresslevel=1), "unpacks to more than"),
    ],
    ids=[
        "empty",
        "csv",
        "truncated",
        "crc",
        "lying-size",
        "locked",
        "dots",
        "inner-dots",
        "root",
        "drive",
        "backslash",
        "newline",
        "folder",
        "link",
        "case-twice",
        "twice",
        "many-files",
        "bomb",
    ],
)
def test_what_is_no_bundle_is_refused_in_one_line(made, said):
    with pytest.raises(InputError, match=said) as refused:
        unzip_files(made(), "x.zip")
    assert str(refused.value).startswith("x.zip: ")
    assert "\n" not in str(refused.value)


def test_more_bytes_than_a_bundle_may_have_are_neither_read_nor_written(monkeypatch):
    monkeypatch.setattr(bundles, "MAX_ARCHIVE_BYTES", 20)
    with pytest.raises(InputError, match="is larger than"):
        unzip_files(zip_files(FILES), "x.zip")
    with pytest.raises(InputError, match="study fewer"):
        zip_files({"a": bytes(21)})
