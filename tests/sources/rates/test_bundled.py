"""The shipped rates: on the clock of their publisher, and clear errors for damaged files."""

import json
import shutil
from datetime import date

import numpy as np
import pytest

from dashboard.models.errors import InputError, SourceError
from dashboard.sources.datapackage import DATA_FOLDER
from dashboard.sources.rates.bundled import BundledRates


@pytest.fixture
def copy_of_data(tmp_path):
    return shutil.copytree(DATA_FOLDER, tmp_path / "data")


def row_of(series, record):
    return int(np.flatnonzero(series.record == np.datetime64(record))[0])


def test_the_bank_of_russia_comes_first():
    assert [card.id for card in BundledRates().cards()] == [
        "usd_rub_cbr",
        "cny_rub_cbr",
        "eur_rub_cbr",
        "usd_rub_ecb",
        "eur_rub_ecb",
        "eur_usd_ecb",
        "usd_cny_ecb",
        "eur_pln_ecb",
        "eur_huf_ecb",
        "eur_czk_ecb",
        "eur_try_ecb",
        "brent_eia",
        "key_rate_cbr",
        "ruonia_cbr",
        "gpr_daily",
    ]


def test_a_card_says_units_both_ways_round_and_whose_move_is_measured():
    cards = {card.id: card for card in BundledRates().cards()}
    text = {i: (c.unit, c.inverse_unit, c.move_sign, c.decimals) for i, c in cards.items()}
    assert text == {
        "usd_rub_cbr": ("RUB per USD", "USD per RUB", -1, 4),
        "cny_rub_cbr": ("RUB per CNY", "CNY per RUB", -1, 4),
        "eur_rub_cbr": ("RUB per EUR", "EUR per RUB", -1, 4),
        "usd_rub_ecb": ("RUB per USD", "USD per RUB", -1, 4),
        "eur_rub_ecb": ("RUB per EUR", "EUR per RUB", -1, 4),
        "eur_usd_ecb": ("USD per EUR", "EUR per USD", 1, 4),
        "usd_cny_ecb": ("CNY per USD", "USD per CNY", 1, 4),
        "eur_pln_ecb": ("PLN per EUR", "EUR per PLN", -1, 4),
        "eur_huf_ecb": ("HUF per EUR", "EUR per HUF", -1, 4),
        "eur_czk_ecb": ("CZK per EUR", "EUR per CZK", -1, 4),
        "eur_try_ecb": ("TRY per EUR", "EUR per TRY", -1, 4),
        "brent_eia": ("USD per barrel", "barrels per USD", 1, 2),
        "key_rate_cbr": ("% a year", "years per %", 1, 2),
        "ruonia_cbr": ("% a year", "years per %", 1, 2),
        "gpr_daily": ("index points", "inverse index points", 1, 2),
    }


def test_interest_rates_and_an_index_that_can_be_zero_are_no_prices():
    controls = [card for card in BundledRates().cards() if not card.is_price]
    assert [card.id for card in controls] == ["key_rate_cbr", "ruonia_cbr", "gpr_daily"]
    assert all(card.limits.startswith("No exchange rate: a control") for card in controls)
    risk = BundledRates().get("gpr_daily")
    assert risk.rate[risk.rate == 0].tolist() == [0.0]


def test_only_the_bank_of_russia_has_method_breaks():
    breaks = {card.id: [b.day for b in card.breaks] for card in BundledRates().cards()}
    official = [date(2022, 3, 14), date(2022, 4, 25), date(2024, 6, 13), date(2024, 12, 27)]
    assert breaks.pop("usd_rub_cbr") == official
    assert breaks.pop("cny_rub_cbr") == official
    assert breaks.pop("eur_rub_cbr") == official
    assert set(map(tuple, breaks.values())) == {()}


# Moscow is three hours ahead of UTC in 2025 (four from 2011-03 to 2014-10); fixings until
# March 2022 averaged 10:00-11:30, since 25 April 2022 10:00-15:30.
@pytest.mark.parametrize(
    ("record", "day", "opens", "known_at"),
    [
        ("2025-04-22", "2025-04-21", "2025-04-21T07:00", "2025-04-21T12:30"),
        ("2025-04-19", "2025-04-18", "2025-04-18T07:00", "2025-04-18T12:30"),
        ("2013-01-10", "2013-01-09", "2013-01-09T06:00", "2013-01-09T07:30"),
        ("2022-03-12", "2022-03-11", "2022-03-11T07:00", "2022-03-11T08:30"),
    ],
)
def test_a_record_of_the_bank_of_russia_describes_the_day_before(record, day, opens, known_at):
    series = BundledRates().get("usd_rub_cbr")
    row = row_of(series, record)
    assert series.day[row] == np.datetime64(day)
    assert series.opens[row] == np.datetime64(opens)
    assert series.known_at[row] == np.datetime64(known_at)


# 14:15 in Frankfurt is 13:15 UTC in winter and 12:15 UTC in summer; 16:30 in London likewise.
@pytest.mark.parametrize(
    ("series_id", "record", "known_at"),
    [
        ("eur_rub_ecb", "2022-02-28", "2022-02-28T13:15"),
        ("eur_usd_ecb", "2026-07-15", "2026-07-15T12:15"),
        ("brent_eia", "2022-01-03", "2022-01-03T16:30"),
        ("brent_eia", "2022-07-01", "2022-07-01T15:30"),
    ],
)
def test_other_series_are_known_on_the_printed_day(series_id, record, known_at):
    series = BundledRates().get(series_id)
    row = row_of(series, record)
    assert series.day[row] == np.datetime64(record)
    assert series.opens[row] == series.known_at[row] == np.datetime64(known_at)


@pytest.mark.parametrize(
    ("series_id", "record", "known_at"),
    [
        # In force from 00:00 Moscow, UTC+3; the loans of a day end with it.
        ("key_rate_cbr", "2025-06-09", "2025-06-08T21:00"),
        ("ruonia_cbr", "2025-06-09", "2025-06-09T20:59"),
        # Midnight in New York at the end of the date: UTC-4 in summer, UTC-5 in winter.
        ("gpr_daily", "2025-06-09", "2025-06-10T04:00"),
        ("gpr_daily", "2025-01-10", "2025-01-11T05:00"),
    ],
)
def test_a_control_is_known_when_its_rule_says(series_id, record, known_at):
    series = BundledRates().get(series_id)
    row = row_of(series, record)
    assert series.day[row] == np.datetime64(record)
    assert series.known_at[row] == np.datetime64(known_at)


def test_the_rate_of_the_journalist_is_there():
    series = BundledRates().get("usd_rub_cbr")
    row = series.row_on_or_before(date(2025, 4, 21))
    assert (len(series), series.rate[row], str(series.record[row])) == (3370, 80.7597, "2025-04-22")


def test_shared_arrays_cannot_be_written_to():
    series = BundledRates().get("usd_rub_cbr")
    with pytest.raises(ValueError, match="read-only"):
        series.rate[0] = 1.0


def test_an_unknown_series_is_refused_with_the_names_of_those_there_are():
    with pytest.raises(InputError, match=r"'gbp_rub'.*usd_rub_cbr, cny_rub_cbr"):
        BundledRates().get("gbp_rub")


def test_the_manifest_gets_the_hash_of_every_file():
    files = BundledRates().files()
    assert set(files) == {card.id for card in BundledRates().cards()}
    assert {len(sha256) for sha256 in files.values()} == {64}


def test_a_missing_folder_is_a_source_error_without_a_path_of_the_machine(tmp_path):
    with pytest.raises(SourceError, match=r"^data/datapackage\.json: ") as caught:
        BundledRates(tmp_path).cards()
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "date,rate\n2025-01-01,eighty\n",
        "date,rate\nyesterday,80\n",
        "date,rate\n2025-01-02,80\n2025-01-01,81\n",
        "date,rate\n2025-01-01\n",
        "day,price\n2025-01-01,80\n",
        "",
    ],
)
def test_a_damaged_file_is_a_source_error_that_names_it(copy_of_data, content):
    (copy_of_data / "rates" / "usd_rub_cbr.csv").write_text(content)
    with pytest.raises(SourceError, match=r"^data/rates/usd_rub_cbr\.csv: "):
        BundledRates(copy_of_data).get("usd_rub_cbr")


def test_a_descriptor_that_is_no_json_is_a_source_error(copy_of_data):
    (copy_of_data / "datapackage.json").write_text("<html>")
    with pytest.raises(SourceError, match="fetch the program again"):
        BundledRates(copy_of_data).cards()


def test_a_series_is_one_file_and_one_entry_away(copy_of_data):
    descriptor = json.loads((copy_of_data / "datapackage.json").read_text())
    entry = descriptor["resources"][0] | {"name": "usd_rub_new", "path": "rates/new.csv"}
    descriptor["resources"].append(entry)
    (copy_of_data / "datapackage.json").write_text(json.dumps(descriptor))
    (copy_of_data / "rates" / "new.csv").write_text("date,rate\n2025-01-10,100.5\n")
    assert BundledRates(copy_of_data).get("usd_rub_new").rate.tolist() == [100.5]


def test_the_entry_of_another_pair_alone_gives_its_currencies_and_subject(tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(DATA_FOLDER, folder)
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resources = {entry["name"]: entry for entry in descriptor["resources"]}
    entry = resources["eur_rub_ecb"] | {
        "name": "usd_uah", "title": "USD/UAH", "unit": "UAH per USD", "inverseUnit": "USD per UAH",
    }  # fmt: skip
    descriptor["resources"].append(entry)
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    card = BundledRates(folder).get("usd_uah").card
    assert (card.base, card.quote, card.subject.name) == ("USD", "UAH", "the hryvnia")
    shipped = {c.id: c for c in BundledRates().cards()}
    assert (shipped["eur_usd_ecb"].base, shipped["eur_usd_ecb"].quote) == ("EUR", "USD")
    assert shipped["eur_usd_ecb"].subject.name == "the euro"
    assert shipped["eur_huf_ecb"].subject.name == "the forint"
    assert shipped["brent_eia"].base is None
    assert shipped["brent_eia"].subject.up == "up"
