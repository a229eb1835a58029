"""The addresses and lines that a person copies to read the data from a program."""

from dashboard.ui.pages.data.state import ApiEndpoint, build_code_examples, build_docs_url

PAGE = "http://127.0.0.1:8501/data?from=2022-01-01"


def test_an_address_is_on_the_server_of_the_page():
    asked = ApiEndpoint("rates", {"series": "usd_rub_cbr", "from": "2022-01-01"})
    assert asked.below(PAGE, "csv") == (
        "http://127.0.0.1:8501/api/v1/rates.csv?series=usd_rub_cbr&from=2022-01-01"
    )
    assert build_docs_url(PAGE) == "http://127.0.0.1:8501/api/openapi.json"
    below = "https://example.org/rates/data?from=2022-01-01"
    assert build_docs_url(below) == "https://example.org/rates/api/openapi.json"


def test_lists_repeat_and_what_is_empty_is_left_out():
    asked = ApiEndpoint("events", {"category": ["sanctions", "energy"], "q": "", "origin": "note"})
    assert asked.below(PAGE, "json").endswith(
        "/api/v1/events.json?category=sanctions&category=energy&origin=note"
    )


def test_words_of_a_search_cannot_leave_the_line():
    asked = ApiEndpoint("events", {"q": '"; rm -rf / #\n$(x) `y` & é'})
    for line in build_code_examples(asked.below(PAGE, "csv"), "event_list").values():
        address = next(part for part in line.split('"') if part.startswith("http"))
        assert address.endswith("q=%22%3B+rm+-rf+%2F+%23%0A%24%28x%29+%60y%60+%26+%C3%A9")


def test_the_lines_say_which_columns_are_dates():
    lines = build_code_examples("http://127.0.0.1:8501/api/v1/rates.csv", "rates")
    assert 'parse_dates=["date", "day", "known_at"]' in lines["pandas"]
    assert lines["R"].startswith("rates <- read.csv(")
    assert lines["curl"].startswith("curl --fail --output rates.csv ")
    compile(lines["pandas"], "pandas line", "exec")
