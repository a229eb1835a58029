"""Two products on one PostgreSQL: a person writes 60 times a minute through both together."""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.services.admin import create_token
from dashboard.storage.notes import NoteRepository
from tests.started_product import Product

NOTE = json.dumps({"date": "2025-04-20", "title": "a note"}).encode()


@pytest.fixture
def two_products(postgres_url, tmp_path):
    """Two processes of Ann's and Bob's on one database."""
    products = [
        Product(tmp_path / name, DATABASE_URL=postgres_url, DASHBOARD_USER=name)
        for name in ("Ann", "Bob")
    ]
    try:
        for product in products:
            product.start()
        yield products
    finally:
        for product in products:
            if product.process is not None:
                product.stop()


def test_limits_of_a_token_hold_over_two_processes_on_one_database(two_products, postgres_url):
    store = NoteRepository(postgres_url)
    secret, _ = create_token(store.tokens, "desk", "Ann")
    other, _ = create_token(store.tokens, "other", "Bob")

    def write(number, token=secret):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return two_products[number % 2].get("api/v1/events", method="POST", body=NOTE, **headers)[
            :2
        ]

    for number in (0, 1):  # the API is imported at the first request
        two_products[number].get("api/v1/rates.json?limit=1")
    started = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(write, range(120)))
    minutes = int((time.monotonic() - started) // 60)
    statuses = Counter(status for status, _ in answers)
    # A machine that takes longer than a minute for it lets as many more in.
    assert 60 <= statuses[201] <= 60 * (minutes + 1)
    assert (statuses.total(), set(statuses)) == (120, {201, 429})
    assert len(store.notes()) == statuses[201]
    waits = [int(headers["Retry-After"]) for status, headers in answers if status == 429]
    assert waits
    assert all(1 <= wait <= 60 for wait in waits)
    assert write(0, other)[0] == 201  # nobody else waits
    store.close()
