"""The whole API under generated requests, right and wrong ones: no request breaks it.

Schemathesis makes them from the OpenAPI description and compares every response with it:
no 5xx, a status, a type, headers and a body as described, wrong data rejected, unknown methods
answered, no writing without a token. One of its checks is left out: that data which fit the
schema are accepted; a schema cannot say that a moment must lie on its day or that a zone must
exist.
"""

import itertools
from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from dashboard.models.event import Draft
from dashboard.services.admin import create_token, revoke_token
from dashboard.services.notes import add_note
from dashboard.services.rate_limit import RateLimiter
from tests.api.conftest import build_client

LEFT_OUT = {"positive_data_acceptance", "max_response_time"}
CATALOGUE_ID = "kellogg-nato-off-table-2025-04-20"
HEAVY = (
    "/study", "/sources.", "/precedents.", "/episodes.", "/window.", "/basket.", "/rates",
    "/drivers.", "/counterfactual.", "/split.", "/regimes.",
)  # fmt: skip
NEEDED = {
    "/facts.": {"date": "2025-04-21"},
    "/drivers.": {"driver": "brent_eia"},
    "/counterfactual.": {"date": "2020-03-09"},
    "/second-stage.": {"regress": ["category"]},
}
"""What a request must say to be answered, by a part of its path."""
WANTED = 2_000


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """An application whose clock runs so fast that no rate limit is reached, and its context."""
    from dataclasses import replace

    from dashboard.api.dependencies import get_live_context

    app, context = build_client(tmp_path_factory.mktemp("fuzzed"))
    hours = itertools.count(step=3_600)
    limits = RateLimiter(lambda: context.notes.recent_actions, lambda: float(next(hours)))
    patient = replace(context, limits=limits)
    app.dependency_overrides[get_live_context] = lambda: patient
    yield app, patient
    context.notes.close()


class Counted:
    """An application that counts the requests it gets, also those that the checks make."""

    def __init__(self, app):
        self.app, self.statuses = app, Counter()

    async def __call__(self, scope, receive, send):
        async def count(message):
            if message["type"] == "http.response.start":
                self.statuses[message["status"]] += 1
            await send(message)

        await self.app(scope, receive, count)


@pytest.fixture(scope="module")
def schema(server):
    return schemathesis.openapi.from_asgi("/openapi.json", Counted(server[0]))


def operations(schema):
    return [result.ok() for result in schema.get_all_operations()]


def all_checks():
    load_all_checks()
    return [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]


def fuzz(operation, mode, examples, view, **fixed):
    """Make so many cases for an operation and look at each."""

    @seed(20250421)
    @settings(
        max_examples=examples, database=None, deadline=None, derandomize=False,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode, **fixed))
    def check(case):
        view(case)

    check()


def token_of(context, name):
    secret, _ = create_token(context.notes.tokens, name, "Ann")
    return {"Authorization": f"Bearer {secret}"}


def plan(schema, note_id):
    """What to make: an operation, right or wrong data, how many, and a known event or none."""
    for operation in operations(schema):
        writes = operation.method != "get"
        heavy = any(part in operation.path for part in HEAVY)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            right = mode is GenerationMode.POSITIVE
            if not right and not (operation.definition.raw.get("parameters") or operation.body):
                continue  # without an input none can be wrong
            slow = 50 if operation.path.endswith("/restore") else 100
            count = slow if writes else (2 if right else 20) if heavy else 70
            yield operation, mode, count, {}
            for part, query in NEEDED.items():
                if right and part in operation.path:
                    yield operation, mode, 1, {"query": query}
            if "{event_id}" in operation.path and (right or operation.body or heavy):
                known = note_id if writes or "history" in operation.path else CATALOGUE_ID
                yield operation, mode, count // 2, {"path_parameters": {"event_id": known}}


def test_two_thousand_requests_are_answered_as_described(server, schema):
    context, checks, counts = server[1], all_checks(), Counter()
    token = token_of(context, "fuzzer")
    note = add_note(context.notes, Draft("a note to change", context.catalogue.events()[0].day))

    def view(case):
        counts[case.method, case.operation.path, answered(case)] += 1

    def answered(case):
        more = dict(token)
        if case.meta.generation.mode is GenerationMode.POSITIVE and note.id in case.formatted_path:
            stored = context.notes.restore(note.id)
            more |= {"If-Match": f'"{stored.revision}"'}
        return case.call_and_validate(headers=more, checks=checks).status_code

    for operation, mode, count, fixed in plan(schema, note.id):
        fuzz(operation, mode, count, view, headers=token, **fixed)
    statuses = schema.app.statuses
    assert statuses.total() >= WANTED, statuses
    assert max(statuses) < 500
    taken = {(method, path) for (method, path, status) in counts if status < 300}
    asks_publishers = {("POST", "/v1/rates/fetch")}  # refused here, see test_tickers
    assert taken == {(op.method.upper(), op.path) for op in operations(schema)} - asks_publishers


def changes_on_record(context):
    """The last entries of the audit trail that are changes: a refused token is none."""
    entries = context.notes.audit.entries(2_000)
    return [entry for entry in entries if entry.action != "token-refused"][:5]


@pytest.mark.parametrize("given", ["no token", "a wrong token", "a revoked token"])
def test_without_a_token_that_holds_no_request_changes_anything(server, schema, given):
    context = server[1]
    headers = {"no token": {}, "a wrong token": {"Authorization": "Bearer rr_" + "A" * 43}}
    revoked = token_of(context, given.replace(" ", "-"))
    revoke_token(context.notes.tokens, given.replace(" ", "-"))
    note = add_note(context.notes, Draft("a note to keep", context.catalogue.events()[0].day))
    before, statuses = (context.notes.version(), changes_on_record(context)), Counter()

    def view(case):
        more = headers.get(given, revoked) | {"If-Match": '"1"'}
        case.headers.pop("Authorization", None)
        statuses[case.call(headers=more).status_code] += 1

    for operation in operations(schema):
        if operation.method != "get":
            has_id = "{event_id}" in operation.path
            fixed = {"path_parameters": {"event_id": note.id}} if has_id else {}
            fuzz(operation, GenerationMode.POSITIVE, 25, view, **fixed)
    assert set(statuses) == {401}
    assert (context.notes.version(), changes_on_record(context)) == before
