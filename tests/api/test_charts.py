"""Charts over the network: pictures and numbers of a link, with caching; the figures are made."""

import json

EVENT = "id=kellogg-nato-off-table-2025-04-20"


def test_a_picture_has_its_type_and_a_tag_that_saves_drawing_it(ask):
    answer = ask(f"/v1/charts/event.svg?{EVENT}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")
    again = ask(f"/v1/charts/event.svg?{EVENT}", if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert ask(f"/v1/charts/event.png?{EVENT}").headers["content-type"] == "image/png"


def test_a_frozen_chart_may_be_held_for_weeks_and_one_of_the_future_not(ask):
    for asof, age in (("2026-08-01", "2592000"), ("2999-01-01", "300")):
        headers = ask(f"/v1/charts/event.svg?{EVENT}&asof={asof}").headers
        assert headers["cache-control"].startswith(f"public, max-age={age},"), asof


def test_the_numbers_come_with_unit_source_and_direction(ask):
    answer = ask(f"/v1/charts/event.json?{EVENT}").json
    assert answer["rows"][0]["rate"] == 80.0
    assert answer["unit"] == "RUB per USD"
    assert answer["direction"] == "Moves are the rouble's: positive = stronger."
    assert answer["sources"][0] == {"name": "A bank", "as_of": "as of 1 Sep 2026"}
    figure = ask(f"/v1/charts/event.json?{EVENT}&content=figure").json
    assert figure["figure"]["data"][0]["y"] == [1.0, 3.0, 2.0]
    assert "rows" not in figure


def test_what_is_wrong_is_said_in_one_line_with_its_status(ask):
    for address, status in {
        "/v1/charts/event.svg?id=none": 404,
        "/v1/charts/nothing.svg": 422,
        "/v1/charts/event.gif": 422,
        f"/v1/charts/event.svg?{EVENT}&theme=pink": 422,
        f"/v1/charts/event.svg?{EVENT}&colour=red": 422,
    }.items():
        answer = ask(address)
        problem = json.loads(answer.body)
        assert (answer.status, problem["status"]) == (status, status), address
        assert "\n" not in problem["detail"]
