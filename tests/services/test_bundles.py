"""A bundle: all that is needed, nothing that may not be passed on, the same bytes each time."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from dashboard.export.schemas import STUDY_TABLES
from dashboard.models.event import Origin
from dashboard.models.study import StudyRequest
from dashboard.services.bundles import (
    BundleRequest,
    build_bundle,
    build_event_bundle,
    is_redistributable,
    study_question,
)
from dashboard.services.exports import DataFile, Provenance, study_csvs
from dashboard.services.study import run_study
from dashboard.sources.rates.cbr import Cbr
from dashboard.sources.rates.ecb import Ecb
from dashboard.sources.rates.exchange_api import ExchangeApi
from dashboard.sources.rates.fred import Fred
from dashboard.sources.rates.moex import Moex
from dashboard.sources.rates.yahoo import Yahoo
from tests.made_series import event_on, series_of_returns

MADE = Provenance(
    {"category": []}, (DataFile("made.csv", "0" * 64),), datetime(2026, 11, 26, tzinfo=UTC)
)
REQUEST = StudyRequest(window=(-2, 2), cars=((0, 1),), estimation=40, min_estimation=30, gap=2)


def query(licence="Public domain", kind="study", **more):
    returns = np.random.default_rng(5).normal(0, 0.01, 120)
    series = series_of_returns(returns, move_sign=-1)
    series = replace(series, card=replace(series.card, licence=licence))
    events = (event_on("2024-03-20", "one"), event_on("2024-04-10", "two"))
    values = {"series": (series,), "events": events[:1] if kind == "event" else events,
              "known": events, "request": REQUEST}  # fmt: skip
    return BundleRequest(kind, **{**values, **more})


def files_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


def test_a_bundle_holds_results_inputs_words_and_a_manifest_that_vouches_for_each():
    question = query()
    files = files_of(build_bundle(question, MADE, "How did it move?"))
    assert set(files) == {
        "README.txt", "CITATION.cff", "manifest.json", "inputs/rates.csv", "inputs/events.csv",
        *(f"results/{table.file_name}" for table in STUDY_TABLES),
    }  # fmt: skip
    manifest = json.loads(files["manifest.json"])
    assert manifest["created_at"] == "2026-11-26T00:00:00Z"
    assert manifest["parameters"]["window"] == "[-2,2]"
    assert manifest["data_files"] == [{"name": "made.csv", "sha256": "0" * 64}]
    assert manifest["files"].keys() == set(files) - {"manifest.json"}
    for name, entry in manifest["files"].items():
        assert entry == {"bytes": len(files[name]),
                         "sha256": hashlib.sha256(files[name]).hexdigest()}  # fmt: skip
    answer = run_study(question.series, question.events, REQUEST, known=question.known)
    assert {f"results/{name}": text for name, text in study_csvs(answer).items()} == {
        name: text for name, text in files.items() if name.startswith("results/")
    }


def test_the_same_question_at_the_same_moment_gives_the_same_bytes():
    assert build_bundle(query(), MADE, "x") == build_bundle(query(), MADE, "x")


def test_the_rates_say_what_was_known_when():
    (row, *_) = rows_of(files_of(build_bundle(query(), MADE, "x"))["inputs/rates.csv"])
    # Known at the end of the day in Moscow: 23:59 is 20:59 UTC.
    assert row == {"date": "2024-01-01", "day": "2024-01-01", "known_at": "2024-01-01T20:59:00Z",
                   "rate": "100.0", "series": "made", "opens": "2023-12-31T21:00:00Z"}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "free"),
    [(Cbr, True), (Ecb, True), (ExchangeApi, True), (Moex, False), (Yahoo, False)],
)
def test_terms_decide_what_is_passed_on(source, free, tmp_path):
    made = source(None, tmp_path) if source is Yahoo else source(None)
    assert {is_redistributable(card) for card in made.cards()} == {free}


def test_of_fred_only_what_is_public_is_passed_on():
    allowed = {card.id: is_redistributable(card) for card in Fred(None).cards()}
    assert allowed == {"brent_fred": True, "broad_dollar_fred": True, "vix_fred": False}


@pytest.mark.parametrize("kind", ["study", "event"])
def test_levels_that_may_not_be_passed_on_are_nowhere_in_the_bundle(kind):
    question = query("Personal use; not to be passed on", kind)
    content = build_bundle(question, MADE, "x")
    files = files_of(content)
    levels = [repr(float(rate)).encode() for rate in question.series[0].rate[1:]]
    for name, text in files.items():
        assert not [level for level in levels if level in text], name
    assert rows_of(files["inputs/rates.csv"]) == []
    (result,) = json.loads(files["manifest.json"])["series"]
    assert (result["included"], result["rows"]) == (False, 121)
    assert "the rates of made" in files["README.txt"].decode()
    free = files_of(build_bundle(query(kind=kind), MADE, "x"))
    assert any(level in text for level in levels for text in free.values())


def test_words_of_a_title_cannot_break_the_citation():
    hostile = event_on("2024-03-20", "one")
    hostile = replace(hostile, title='x"\nlicense: "stolen" # {{7*7}}')
    content = build_event_bundle(query(kind="event", events=(hostile,), known=(hostile,)), MADE)
    citation = files_of(content)["CITATION.cff"].decode()
    (line,) = [line for line in citation.splitlines() if line.startswith("title:")]
    assert line == (
        'title: "How did Made by hand move around “x\\" license: \\"stolen\\" # {{7*7}}”'
        ' (2024-03-20)?"'
    )
    assert not [line for line in citation.splitlines() if line.startswith("license")]


def test_the_question_is_a_sentence():
    result = study_question({"category": ["nato_remark"]}, 17, ["USD/RUB, a bank"])
    assert result == "How did USD/RUB, a bank move around 17 events (nato_remark)?"
    assert study_question({}, 1, ["a", "b"]) == "How did a, b move around 1 event?"


@pytest.mark.parametrize("kind", ["study", "event"])
def test_private_notes_leave_their_words_only_where_they_are_studied_and_then_it_says_so(kind):
    note = event_on("2024-03-21", "mine", actor="zanzibar", text="Zanzibar talks",
                    category="zanzibar", origin=Origin.NOTE, visibility="private")  # fmt: skip
    other = event_on("2024-03-20", "one")
    crowding = query(kind=kind, events=(other,), known=(other, note))
    files = files_of(build_bundle(crowding, MADE, "x"))
    assert not [name for name, text in files.items() if b"anzibar" in text]
    crowded = files["results/events.csv" if kind == "study" else "results/event_moves.csv"]
    assert b"mine" in crowded
    assert b"PRIVATE" not in files["README.txt"]
    studied = files_of(build_bundle(query(kind=kind, events=(note,), known=(other, note)), MADE,
                                    "x"))  # fmt: skip
    assert b"Zanzibar talks" in studied["inputs/events.csv"]
    assert b"PRIVATE: one of the events studied is a private note" in studied["README.txt"]
