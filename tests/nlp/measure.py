"""Precision and recall on the texts; `python -m tests.nlp.measure` prints them."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from dashboard.models.article import ClaimKind, Exactness
from dashboard.nlp.dates import publication_day
from dashboard.nlp.statements import read_text


def texts(name):
    """The texts of a file: `texts`, from which the rules were made, `unseen` or `fresh`."""
    file = Path(__file__).parent / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))["text"]


def statements_of(text):
    """What is found in a text, in the words of the file: day or range, who, category."""
    result = read_text(text["text"], published_of(text)).statements
    return [(days_of(item), item.actor, str(item.category)) for item in result]


def claims_of(text):
    """The claims found in a text, in the words of the file."""
    return [claim_text(claim) for claim in read_text(text["text"], published_of(text)).claims]


def published_of(text):
    """The publication day given with a text, or the one in it."""
    given = text["published"]
    return date.fromisoformat(given) if given else publication_day(text["text"])


def days_of(statement):
    if statement.day is None:
        return ""
    return f"{statement.day}/{statement.end_day}" if statement.end_day else str(statement.day)


def claim_text(claim):
    parts = [str(claim.kind)]
    if claim.kind in {ClaimKind.STRONGEST, ClaimKind.WEAKEST}:
        parts += ["since", str(claim.since.day)[:7]]
    else:
        word = str(claim.exactness)
        if claim.kind == ClaimKind.LEVEL:
            word = {Exactness.MORE: "above", Exactness.LESS: "below"}.get(claim.exactness, word)
        parts += [word, f"{claim.value:g}"]
        if claim.kind != ClaimKind.LEVEL:
            parts.append(str(claim.since.day)[:7] if claim.base == "since" else claim.base)
    return " ".join([*parts, claim.currency])


def matched(expected, result, same):
    """Pairs of what was expected and what was found; each is used once."""
    left, pairs = list(result), []
    for item in expected:
        hit = next((other for other in left if same(item, other)), None)
        if hit is not None:
            left.remove(hit)
            pairs.append((item, hit))
    return pairs


def same_statement(expected, result):
    """The same days and the same speaker; the category is counted by itself."""
    return expected[0] == result[0] and expected[1].casefold() in result[1].casefold()


def measure(those):
    """Counts over the texts: found, expected and right, for statements, claims and categories."""
    counts = dict.fromkeys(
        ("statements expected", "statements found", "statements right", "categories right",
         "claims expected", "claims found", "claims right"), 0,
    )  # fmt: skip
    for text in those:
        expected, result = text["statements"], statements_of(text)
        pairs = matched(expected, result, same_statement)
        counts["statements expected"] += len(expected)
        counts["statements found"] += len(result)
        counts["statements right"] += len(pairs)
        counts["categories right"] += sum(item[2] == other[2] for item, other in pairs)
        claims = claims_of(text)
        counts["claims expected"] += len(text["claims"])
        counts["claims found"] += len(claims)
        counts["claims right"] += len(matched(text["claims"], claims, str.__eq__))
    return counts


def share(part, whole):
    return part / whole if whole else 1.0


def rates(counts):
    """Precision and recall of statements and claims, and how many categories are right."""
    return {
        "statements, precision": share(counts["statements right"], counts["statements found"]),
        "statements, recall": share(counts["statements right"], counts["statements expected"]),
        "categories of those right": share(counts["categories right"], counts["statements right"]),
        "claims, precision": share(counts["claims right"], counts["claims found"]),
        "claims, recall": share(counts["claims right"], counts["claims expected"]),
    }


def differences(text):
    """What was missed and what was too much, for a person who looks for the reason."""
    expected, result = text["statements"], statements_of(text)
    pairs = matched(expected, result, same_statement)
    for item in expected:
        if all(item is not one for one, _ in pairs):
            yield f"  missed   {item}"
    for item in result:
        if all(item is not other for _, other in pairs):
            yield f"  too much {item}"
    for item, other in pairs:
        if item[2] != other[2]:
            yield f"  category {item} is {other[2]}"
    claims = claims_of(text)
    right = matched(text["claims"], claims, str.__eq__)
    yield from (f"  missed   {c}" for c in text["claims"] if c not in [one for one, _ in right])
    yield from (f"  too much {c}" for c in claims if c not in [other for _, other in right])


def main():
    for name in ("texts", "unseen", "fresh"):
        print(f"== {name}.toml")
        for text in texts(name):
            lines = list(differences(text))
            print(f"{text['id']}: {'all right' if not lines else ''}", *lines, sep="\n")
        counts = measure(texts(name))
        print(*(f"{what}: {count}" for what, count in counts.items()), sep="\n")
        for what, rate in rates(counts).items():
            print(f"{what}: {100 * rate:.1f} %")


if __name__ == "__main__":
    main()
