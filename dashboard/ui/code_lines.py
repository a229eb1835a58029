"""How a program gets the same data: the address in the network door, and lines to copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from dashboard.services.describe_columns import KIND_WORDS, describe_columns

API: Final = "/api"
DATED: Final = (KIND_WORDS["date"], KIND_WORDS["moment"])
Query = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Address:
    """One list of the network door: `name` without its extension, and what is asked of it."""

    name: str
    query: Query

    def below(self, page_url: str, extension: str) -> str:
        """The whole address on the server that shows the page."""
        given = [(k, v) for k, v in self.query.items() if v]
        query = f"?{urlencode(given, doseq=True)}" if given else ""
        return f"{_door(page_url)}/v1/{self.name}.{extension}{query}"


def description_address(page_url: str) -> str:
    """Where the network door is described for programs."""
    return f"{_door(page_url)}/openapi.json"


def code_lines(address: str, table: str) -> dict[str, str]:
    """Lines that read a CSV address, by language."""
    dated = [c.name for c in describe_columns(table) if c.kind in DATED]
    parsed = f", parse_dates=[{', '.join(map(_quoted, dated))}]" if dated else ""
    return {
        "pandas": f'import pandas as pd\n\n{table} = pd.read_csv(\n    "{address}"{parsed}\n)',
        "R": f'{table} <- read.csv("{address}", encoding = "UTF-8")',
        "curl": f'curl --fail --output {table}.csv "{address}"',
    }


def _door(page_url: str) -> str:
    parts = urlsplit(page_url)
    return f"{parts.scheme}://{parts.netloc}{API}"


def _quoted(name: str) -> str:
    return f'"{name}"'
