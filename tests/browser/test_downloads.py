"""What a page gives as a file is, byte for byte, what the command line and the API give."""

import contextlib
import io
import json
import re
import urllib.request
import zipfile
from pathlib import Path

import pytest

from dashboard.cli import run
from tests.shipped_catalogue import COUNT

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def noted(product):
    """The product with one note that a spreadsheet would run."""
    shell(product, "events", "add", "=1+1, said at home", "--date", "2025-04-21", "--text", '"@x')
    return product


def shell(product, *words):
    """What a command prints, on the data of the product."""
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setenv("DASHBOARD_HOME", str(product.home))
        assert run([str(word) for word in words]) == 0
    printed.flush()
    return printed.buffer.getvalue()


def taken(reader, label, menu="", at=0):
    """The bytes of a download button and the name of the file; of a menu the button at a place."""
    if menu:
        opener = reader.page.get_by_role("button", name=menu).first
        if opener.get_attribute("aria-expanded") != "true":
            opener.click()
            reader.settle()
    button = reader.page.get_by_role("button", name=label, exact=True).nth(at)
    button.wait_for()
    with reader.page.expect_download() as waiting:
        button.click()
    reader.settle()
    return Path(waiting.value.path()).read_bytes(), waiting.value.suggested_filename


def asked(product, address):
    with urllib.request.urlopen(f"{product.url}api/v1/{address}", timeout=30) as answer:
        return answer.read()


def test_the_rates_of_the_page_are_those_of_the_command_line(noted, reader):
    reader.open("data")
    page, name = taken(reader, "CSV", "Download rates")
    assert reader.has("All of this series, 3,370 rows")
    assert page == shell(noted, "rates", "export", "-") == asked(noted, "rates.csv")
    assert page.count(b"\n") == 3_371
    assert name.startswith("usd_rub_cbr_rates_all_asof-")
    excel, name = taken(reader, "CSV for Excel", "Download rates")
    assert excel == shell(noted, "rates", "export", "-", "--excel")
    assert name.endswith("_excel.csv")
    book, name = taken(reader, "Excel", "Download rates")
    assert book == asked(noted, "rates.xlsx")
    assert name.endswith(".xlsx")


def test_the_rates_of_a_period_are_those_of_the_command_line(noted, reader):
    reader.open("data?from=2025-04-01&to=2025-04-30&series=eur_usd_ecb")
    page, name = taken(reader, "CSV", "Download rates")
    assert reader.has("This view, 20 rows")
    period = ("--since", "2025-04-01", "--until", "2025-04-30")
    assert page == shell(noted, "rates", "export", "-", "--rates", "eur_usd_ecb", *period)
    assert page == asked(noted, "rates.csv?series=eur_usd_ecb&from=2025-04-01&to=2025-04-30")
    assert name.startswith("eur_usd_ecb_rates_2025-04-01_2025-04-30_asof-")


def test_the_events_of_the_page_are_those_of_the_command_line(noted, reader):
    reader.open("events")
    page, name = taken(reader, "CSV", "Download")
    assert reader.has(f"This view, {COUNT + 1} rows")
    assert page == shell(noted, "events", "export", "-") == asked(noted, "events.csv")
    assert b'"\'=1+1, said at home"' in page
    assert name.startswith("usdrub_events_asof-")


def test_catalogue_and_notes_of_the_page_are_those_of_the_command_line(noted, reader):
    reader.open("data")
    catalogue, _ = taken(reader, "CSV", "Download events")
    assert catalogue == shell(noted, "events", "export", "-", "--origin", "catalogue")
    notes, name = taken(reader, "CSV", "Download notes")
    assert notes == shell(noted, "events", "export", "-", "--origin", "note")
    assert notes == asked(noted, "events.csv?origin=note")
    assert name.startswith("usdrub_notes_all_asof-")


@pytest.fixture(scope="module")
def studied(noted, tmp_path_factory):
    """The folder that the command line writes a study to."""
    folder = tmp_path_factory.mktemp("study")
    shell(noted, "study", "--out", str(folder))
    return folder


@pytest.mark.parametrize("table", ["events", "tests"])
def test_the_study_of_the_page_is_that_of_the_command_line(noted, studied, reader, table):
    written = (studied / f"{table}.csv").read_bytes()
    rows = written.count(b"\n") - 1
    reader.open(f"data?table={table}")
    page, name = taken(reader, "CSV", "Download moves")
    assert reader.has(f"All, {rows:,} row{'s' if rows != 1 else ''}")
    assert page == written == asked(noted, f"study.csv?table={table}")
    assert name.startswith(f"usd_rub_cbr_study_{table}_all_asof-")


def test_everything_of_the_page_is_the_folder_of_the_command_line(noted, reader, tmp_path):
    reader.open("data")
    reader.page.get_by_text("Further data", exact=False).first.click()
    packed, name = taken(reader, "Everything (ZIP), made at the click")
    shell(noted, "export", str(tmp_path))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    manifests = [json.loads(each.pop("manifest.json")) for each in (files, written)]
    assert files == written
    assert len(files) > 10
    assert [manifest.pop("created_at")[:2] for manifest in manifests] == ["20", "20"]
    assert manifests[0] == manifests[1]
    assert name.startswith("everything_20")


def test_a_file_outlives_the_runs_of_pages(noted, reader):
    """Streamlit deletes a made file after the next two runs of any page of the process."""
    reader.open("data")
    reader.press("Download notes")
    with reader.page.expect_download() as waiting:
        reader.press("CSV", exact=True)
    for _ in range(3):
        reader.open("data")
        reader.settle()
    answer = reader.page.request.get(waiting.value.url)
    assert answer.status == 200
    assert answer.body() == Path(waiting.value.path()).read_bytes()


def test_json_holds_the_rows_of_the_csv(noted, reader):
    reader.open("data")
    page, name = taken(reader, "JSON", "Download notes")
    assert reader.has("All, 1 row")
    (row,) = json.loads(page)
    assert row["title"] == "=1+1, said at home"
    assert json.loads(asked(noted, "events.json?origin=note"))["rows"] == [row]
    assert name.endswith(".json")


def test_the_addresses_on_the_page_answer(noted, reader):
    reader.open("data?from=2025-01-01&cat=nato_remark&hour=unknown&exp=stronger")
    assert reader.has("Not investment advice")
    for fold in reader.settle().page.get_by_text("Rows, columns, API and code").all():
        fold.click()
        reader.settle()
    reader.wait_until("document.body.textContent.includes('/api/v1/study.json')")
    reader.settle()
    texts = reader.page.get_by_test_id("stCode").all_text_contents()
    addresses = {found for text in texts for found in re.findall(r'http://127[^\s"]+', text)}
    assert len(addresses) > 12
    for address in addresses:
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert answer.status == 200
            assert len(answer.read()) > 40
