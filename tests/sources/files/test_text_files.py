"""The bytes of a person's file: which text they hold, and what is no text at all."""

from pathlib import Path

import pytest

from dashboard.models.errors import InputError
from dashboard.sources.files.text import decode_delimited, display_name, display_text, read_bytes

RUSSIAN = "date,title\n2024-01-05,Банк России: «ставка» 16 %\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_without_a_word(codec):
    assert decode_delimited(RUSSIAN.encode(codec), "f.csv") == (RUSSIAN, [])


def test_windows_1251_is_read_and_said_so():
    text, messages = decode_delimited(RUSSIAN.encode("windows-1251"), "f.csv")
    assert text == RUSSIAN
    assert messages == ["f.csv: is not UTF-8, was read as windows-1251; check the Russian letters"]


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("курс рубля", "koi8-r"),
        ("курс рубля", "cp866"),
        ("курс рубля", "iso-8859-5"),
        ("курс рубля", "mac-cyrillic"),
        ("Preis für Öl", "windows-1252"),
        ("déclaration", "windows-1252"),
        ("卢布汇率", "gbk"),
        ("ルーブル", "shift-jis"),
        ("ŁÓDŹ złoty", "windows-1250"),
    ],
)
def test_another_character_set_is_refused_rather_than_read_as_nonsense(text, codec):
    with pytest.raises(InputError, match=r"f\.csv, line 2: is neither UTF-8 nor Russian"):
        decode_delimited(f"date,title\n2024-01-05,{text}\n".encode(codec), "f.csv")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04rest", "Excel workbook or a zip"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"\x1f\x8brest", "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b'<?xml version="1.0"?>', "XML"),
        (b'[{"date": "2024-01-05"}]', "JSON"),
    ],
)
def test_a_file_of_another_kind_is_named(data, kind):
    with pytest.raises(InputError, match=kind):
        decode_delimited(data, "f.csv")


def test_a_nul_is_refused_with_its_line():
    with pytest.raises(InputError, match=r"f\.csv, line 2: holds a NUL"):
        decode_delimited(b"date,usd\n2024-01-05,9\x002\n", "f.csv")


def test_utf_16_without_its_mark_is_refused():
    with pytest.raises(InputError, match="NUL"):
        decode_delimited("date,usd\n".encode("utf-16-le"), "f.csv")


def test_a_mark_that_the_bytes_do_not_keep_is_refused():
    with pytest.raises(InputError, match="line 2: is not UTF-8 as its first bytes say"):
        decode_delimited(b"\xef\xbb\xbfdate\n\xff\n", "f.csv")


def test_letters_lost_before_are_pointed_out():
    _, messages = decode_delimited("date,title\n2024-01-05,K\ufffdln\n".encode(), "f.csv")
    assert messages == [
        "f.csv, line 2: holds the sign for a lost letter (U+FFFD); check the original"
    ]


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match=r"^none\.csv: there is no such file"):
        read_bytes(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_bytes(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        read_bytes(tmp_path / ("x" * 5_000))


def test_a_file_over_the_limit_is_not_read(tmp_path):
    path = tmp_path / "large.csv"
    path.write_bytes(b"x" * 2_000_001)
    with pytest.raises(InputError, match=r"large\.csv: 2\.0 MB, at most 2 MB are read"):
        read_bytes(path, max_bytes=2_000_000)


def test_a_device_that_never_ends_is_not_read_to_the_end():
    with pytest.raises(InputError, match=r"zero: 0\.0 MB, at most 0 MB are read"):
        read_bytes(Path("/dev/zero"), max_bytes=10_000)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../../../tmp/pwn.csv", "pwn.csv"),
        ("C:\\Users\\me\\rates.csv", "rates.csv"),
        ("a\x00b\nc.csv", "a b c.csv"),
        ("", "file"),
        ("..", ".."),
    ],
)
def test_a_message_names_the_last_part_of_a_path_only(name, expected):
    assert display_name(name) == expected


def test_a_cell_in_a_message_is_one_short_line():
    assert display_text("a\n\u202eb" + "c" * 100) == "a b" + "c" * 36 + "…"
