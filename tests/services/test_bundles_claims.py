"""The bundle of a claim check: every verdict, computed again to the byte, without the sentence."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dashboard.models.article import ClaimKind, Exactness
from dashboard.models.errors import InputError
from dashboard.services.bundles import ClaimBundleRequest, build_claim_bundle
from dashboard.services.claims import ClaimQuery, claim_from_query, parse_claims
from dashboard.services.exports import DataFile, Provenance
from dashboard.services.reproduction import reproduce_bundle
from tests.services.test_bundles import files_of, rows_of
from tests.services.test_claims_answer import MONDAY, rouble
from tests.services.test_reproduction import nobody, with_manifest

MADE = Provenance(
    {"asof": "x"}, (DataFile("one.csv", "0" * 64),), datetime(2026, 11, 27, tzinfo=UTC)
)
KEPT_BACK = "Personal use; not to be passed on"
SENTENCE = (
    "A secret source: the rouble firmed to 80 per dollar on Monday, its strongest since January"
    " 2025, and is up 25 % since the start of the year."
)


def series(licence="Public domain"):
    made = [rouble("one"), rouble("other", [60.0], ["2022-03-02"])]
    return tuple(replace(one, card=replace(one.card, licence=licence)) for one in made)


def query(licence="Public domain", **more):
    values = {"value": 24.0, "exactness": Exactness.MORE, "base": "year_end"} | more
    claim = claim_from_query(ClaimQuery(MONDAY, ClaimKind.UP, **values))
    return ClaimBundleRequest((claim,), series(licence), "one")


def test_every_verdict_is_a_row_with_its_numbers():
    files = files_of(build_claim_bundle(query(), MADE))
    rows = rows_of(files["results/claims.csv"])
    result = {(row["series"], row["base"], row["quote"]): row for row in rows}
    # From 100 on 30 Dec to 80: RUB per USD -20 %, USD per RUB +25 %; claimed: more than 24 %.
    rub, usd = (result["one", "year_end", quote] for quote in ("RUB per USD", "USD per RUB"))
    assert [float(each["change_pct"]) for each in (rub, usd)] == pytest.approx([20.0, 25.0])
    assert (rub["verdict"], rub["base_day"]) == ("false", "2024-12-30")
    assert (usd["verdict"], usd["base_rate"]) == ("true", "100.0")
    assert (usd["day"], usd["rate"], usd["asked"], usd["is_claimed"]) == (
        "2025-04-21", "80.0", "2025-04-21", "1",
    )  # fmt: skip
    assert result["other", "", ""]["verdict"] == "cannot be known"
    # 24 % of USD per RUB needs 80 x 1.24 = 99.2; last at least as weak on 10 Jan, 125.
    needed = {row["quote"]: row for row in rows_of(files["results/needed_bases.csv"])}
    assert float(needed["USD per RUB"]["rate"]) == pytest.approx(99.2)
    assert (needed["USD per RUB"]["reached_day"], needed["USD per RUB"]["reached_rate"]) == (
        "2025-01-10", "125.0",
    )  # fmt: skip


@pytest.mark.parametrize(
    "claims",
    [
        parse_claims(SENTENCE, date(2025, 4, 22)),
        query().claims,
        (
            claim_from_query(
                ClaimQuery(MONDAY, ClaimKind.UP, 1.5, Exactness.EXACT, "2025-01-10", "since")
            ),
        ),
        (claim_from_query(ClaimQuery(MONDAY, ClaimKind.LEVEL, 81.0, currency="EUR")),),
    ],
)
def test_it_is_computed_again_byte_for_byte(claims):
    assert claims
    content = build_claim_bundle(ClaimBundleRequest(claims, series(), "one"), MADE)
    verdict = reproduce_bundle(content, "x.zip", nobody)
    assert (verdict.status, verdict.files, verdict.notes) == ("equal", 2, ())
    assert content == build_claim_bundle(ClaimBundleRequest(claims, series(), "one"), MADE)


def test_the_sentence_is_not_in_it():
    claims = parse_claims(SENTENCE, date(2025, 4, 22))
    assert len(claims) == 3
    files = files_of(build_claim_bundle(ClaimBundleRequest(claims, series(), "one"), MADE))
    assert set(files) == {
        "README.txt", "CITATION.cff", "manifest.json", "inputs/rates.csv",
        "results/claims.csv", "results/needed_bases.csv",
    }  # fmt: skip
    for content in files.values():
        assert b"secret" not in content
        assert b"firmed" not in content
    readme = files["README.txt"].decode()
    assert readme.startswith("Are 3 claims about the rouble on 2025-04-21")
    assert "inputs/events.csv" not in readme


def test_levels_that_may_not_be_passed_on_are_nowhere_in_it():
    files = files_of(build_claim_bundle(query(KEPT_BACK), MADE))
    text = b"".join(files.values()).decode()
    assert [level for level in ("125.0", "100.0", "81.0", "80.0", "99.2") if level in text] == []
    assert rows_of(files["inputs/rates.csv"]) == []
    assert "25.0" in files["results/claims.csv"].decode()


def test_what_was_kept_out_is_taken_from_this_machine():
    content = build_claim_bundle(query(KEPT_BACK), MADE)
    here = {one.card.id: one for one in series(KEPT_BACK)}
    verdict = reproduce_bundle(content, "x.zip", here.__getitem__)
    assert verdict.status == "equal"
    assert any("one: rates of this machine, the same" in note for note in verdict.notes)


def test_another_number_is_found():
    content = build_claim_bundle(query(), MADE)
    changed = with_manifest(content, lambda m: m["claims"][0].update(value=26.0))
    verdict = reproduce_bundle(changed, "x.zip", nobody)
    assert verdict.status == "different"
    assert {each.file for each in verdict.differences} == {"claims.csv", "needed_bases.csv"}


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "worst"}, {"value": 1e400}, {"value": "eighty"}, {"decimals": 99},
        {"decimals": 0.5}, {"base": "moon"}, {"day": "soon"}, {"since": {"day": None}},
        {"exactness": "very"}, {"currency": None, "kind": None},
    ],
)  # fmt: skip
def test_a_bundle_from_anybody_is_refused_in_words(values):
    content = build_claim_bundle(query(), MADE)
    hostile = with_manifest(content, lambda m: m["claims"][0].update(values))
    with pytest.raises(InputError, match=r"^x\.zip: is damaged: the inputs cannot be read"):
        reproduce_bundle(hostile, "x.zip", nobody)


@pytest.mark.parametrize("claims", [[], [{}], 7, [None]])
def test_claims_of_another_form_are_refused_in_words(claims):
    content = with_manifest(build_claim_bundle(query(), MADE), lambda m: m.update(claims=claims))
    with pytest.raises(InputError, match="cannot be read"):
        reproduce_bundle(content, "x.zip", nobody)


def test_a_claim_of_no_day_is_refused():
    claim = replace(query().claims[0], day=None)
    with pytest.raises(InputError, match="the day is not known"):
        build_claim_bundle(ClaimBundleRequest((claim,), series(), "one"), MADE)


def test_the_manifest_names_claims_and_what_they_were_held_against():
    manifest = json.loads(files_of(build_claim_bundle(query(), MADE))["manifest.json"])
    assert (manifest["kind"], manifest["main"]) == ("claims", "one")
    assert manifest["claims"][0]["value"] == 24.0
    assert [each["card"]["id"] for each in manifest["series"]] == ["one", "other"]
    assert manifest["parameters"] == {"asof": "x"}
