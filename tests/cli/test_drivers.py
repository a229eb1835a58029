"""The command drivers, and the same answer over the network."""

import json

import numpy as np
import pytest

from dashboard.services.exports import TABLES
from tests.api.conftest import *  # noqa: F403 - the client of the API

OF_BRENT = ("drivers", "--driver", "brent_eia", "--since", "2024-06-13", "--window", "60")


def test_the_answer_has_every_part_with_n_and_what_would_be_found(run_cli):
    answer = run_cli(*OF_BRENT)
    assert answer.code == 0
    for said in (
        "No move of the rouble beyond chance is seen after changes of Brent",
        "would be found at +1 in 80 % of cases; N =",
        "A number known after a rate counts at the next; nothing is filled.",
        "None of 11 lags has a p below 0.05 after the Holm correction",
        "Before the driver's change (−5 to −2) no movement is seen",
        "No difference between samples is beyond chance",
        "No change of the relation over time is beyond chance (Nyblom and Hansen",
    ):
        assert said in answer.out
    for forbidden in ("because", "significant", "caused"):
        assert forbidden not in answer.out.lower()


def test_files_are_those_of_the_api_byte_for_byte(run_cli, ask, tmp_path):
    assert run_cli(*OF_BRENT, "--split", "2025-06-02", "--out", tmp_path / "out").code == 0
    link = "/v1/drivers.csv?driver=brent_eia&from=2024-06-13&window=60&split=2025-06-02"
    tables = [name for name in TABLES if name.startswith("driver_")]
    assert len(tables) == 6
    for table in tables:
        content = (tmp_path / "out" / f"{table}.csv").read_bytes()
        assert content == ask(f"{link}&table={table}").body
        assert content.split(b"\n", 1)[0].decode() == ",".join(TABLES[table].header)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["parameters"]["split"] == ["2025-06-02"]


def test_json_is_that_of_the_api(run_cli, ask):
    content = json.loads(run_cli(*OF_BRENT, "--json").out)
    assert content == ask("/v1/drivers.json?driver=brent_eia&from=2024-06-13&window=60").json
    assert {"lags", "response", "samples", "tests"} <= set(content)
    page = ask("/v1/drivers.json?driver=brent_eia&from=2024-06-13&table=driver_values&limit=3").json
    assert len(page["rows"]) == 3
    assert page["rows"][2]["driver_known_at"] <= page["rows"][2]["known_at"]


def test_a_file_of_odds_is_a_driver(run_cli, tmp_path):
    random = np.random.default_rng(5)
    odds = np.clip(0.4 + np.cumsum(0.01 * random.standard_normal(400)), 0.02, 0.98)
    days = np.datetime64("2025-03-01") + np.arange(400)
    file = tmp_path / "odds.csv"
    rows = [f"{day},{value:.4f}" for day, value in zip(days, odds, strict=True)]
    file.write_text("\n".join(["date,Yes", *rows]), encoding="utf-8")
    answer = run_cli("drivers", "--driver", file, "--kind", "odds", "--json")
    content = json.loads(answer.out)
    assert content["change"] == "difference"
    assert content["response"][0]["sd"] == pytest.approx(1.2, rel=0.3)  # in points


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--driver", "none_such"), "none_such"),
        (("--driver", "usd_rub_cbr"), "--driver usd_rub_cbr: is the rate itself"),
        (("--driver", "brent_eia", "--lags", "99"), "--lags 99: give a number from 1 to 20"),
        (("--driver", "brent_eia", "--change", "levels"), "--change levels: not known"),
        (("--driver", "brent_eia", "--change", "level"), "--change level: the number of brent_eia"),
        (("--driver", "brent_eia", "--rates", "key_rate_cbr"), "is no price"),
        (("--driver", "brent_eia", "--since", "2026-07-15"), "40 are needed"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(run_cli, arguments, said):
    answer = run_cli("drivers", *arguments)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert said in answer.err


def test_what_cannot_be_is_a_problem_of_the_api(ask):
    assert ask("/v1/drivers.json?driver=usd_rub_cbr").status == 400
    assert ask("/v1/drivers.json").status == 422
    assert ask("/v1/drivers.csv?driver=brent_eia&table=tests").status == 422
