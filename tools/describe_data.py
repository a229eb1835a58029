"""Measure the shipped files and write what is measured into data/datapackage.json.

The texts of the descriptor are written by hand, in the descriptor. This script fills in what a
file itself says (hash, bytes, rows, first and last date) and the sentence of its date rule.
With `--check` it writes nothing and exits with 1 if the descriptor does not fit the files.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DAY_COLUMNS = ("date", "day", "time_utc")
DESCRIPTOR = ROOT / "data" / "datapackage.json"

sys.path.insert(0, str(ROOT))

from dashboard.models.publication import PUBLICATION_RULES  # noqa: E402 - the script may be run by its path


def measured(content: bytes) -> dict[str, Any]:
    """Hash, size and number of rows of a CSV file, and its range where its rows have a day."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
    facts: dict[str, Any] = {
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "bytes": len(content),
        "rows": len(rows),
    }
    column = next((name for name in DAY_COLUMNS if name in rows[0]), None)
    if column is None:
        return facts
    days = [row[column][:10] for row in rows]
    return facts | {"range": {"first": min(days), "last": max(days)}}


def described(descriptor: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The descriptor with everything measured anew from the files next to it."""
    resources = []
    for resource in descriptor["resources"]:
        updated = resource | measured((folder / resource["path"]).read_bytes())
        if "dateRule" in resource:
            updated["dateRuleText"] = PUBLICATION_RULES[resource["dateRule"]].description
        resources.append(updated)
    return descriptor | {"resources": resources}


def as_text(descriptor: dict[str, Any]) -> str:
    """The descriptor as it is written: two spaces, real letters, a final newline."""
    return json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Write the descriptor, or with `--check` only say whether it fits."""
    text = DESCRIPTOR.read_text(encoding="utf-8")
    fresh = as_text(described(json.loads(text), DESCRIPTOR.parent))
    if fresh == text:
        return 0
    if "--check" in arguments:
        print("data/datapackage.json does not fit the files; run python tools/describe_data.py")
        return 1
    DESCRIPTOR.write_text(fresh, encoding="utf-8", newline="\n")
    print("data/datapackage.json written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
