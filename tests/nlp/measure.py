"""Precision and recall on the texts; `python -m tests.nlp.measure` prints them."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from dashboard.models.article import ClaimKind, Exactness
from dashboard.nlp.dates import publication_day
from dashboard.nlp.statements import read_text


def texts(name):
    """The texts of a file: `texts`, from which the rules were made, `unseen` or `starts_session`."""
    file = Path(__file__).parent / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))["text"]


def statements_of(text):
    """What is found in a text, in the words of the file: day or range, who, category."""
    found = read_text(text["text"], published_of(text)).statements
    return [(days_of(each), each.actor, str(each.category)) for each in found]


def claims_of(text):
    """The claims found in a text, in the words of the file."""
    return [said(claim) for claim in read_text(text["text"], published_of(text)).claims]


def published_of(text):
    """The day beside a text, or the one in it."""
    given = text["published"]
    return date.fromisoformat(given) if given else publication_day(text["text"])


def days_of(statement):
    if statement.day is None:
        return ""
    return f"{statement.day}/{statement.end_day}" if statement.end_day else str(statement.day)


def said(claim):
    words = [str(claim.kind)]
    if claim.kind in {ClaimKind.STRONGEST, ClaimKind.WEAKEST}:
        words += ["since", str(claim.since.day)[:7]]
    else:
        word = str(claim.exactness)
        if claim.kind == ClaimKind.LEVEL:
            word = {Exactness.MORE: "above", Exactness.LESS: "below"}.get(claim.exactness, word)
        words += [word, f"{claim.value:g}"]
        if claim.kind != ClaimKind.LEVEL:
            words.append(str(claim.since.day)[:7] if claim.base == "since" else claim.base)
    return " ".join([*words, claim.currency])


def matched(expected, found, same):
    """Pairs of what was expected and what was found; each is used once."""
    left, pairs = list(found), []
    for each in expected:
        hit = next((other for other in left if same(each, other)), None)
        if hit is not None:
            left.remove(hit)
            pairs.append((each, hit))
    return pairs


def same_statement(expected, found):
    """The same days and the same speaker; the category is counted by itself."""
    return expected[0] == found[0] and expected[1].casefold() in found[1].casefold()


def measure(those):
    """Counts over the texts: found, expected and right, for statements, claims and categories."""
    counts = dict.fromkeys(
        ("statements expected", "statements found", "statements right", "categories right",
         "claims expected", "claims found", "claims right"), 0,
    )  # fmt: skip
    for text in those:
        expected, found = text["statements"], statements_of(text)
        pairs = matched(expected, found, same_statement)
        counts["statements expected"] += len(expected)
        counts["statements found"] += len(found)
        counts["statements right"] += len(pairs)
        counts["categories right"] += sum(each[2] == other[2] for each, other in pairs)
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
    expected, found = text["statements"], statements_of(text)
    pairs = matched(expected, found, same_statement)
    for each in expected:
        if all(each is not one for one, _ in pairs):
            yield f"  missed   {each}"
    for each in found:
        if all(each is not other for _, other in pairs):
            yield f"  too much {each}"
    for each, other in pairs:
        if each[2] != other[2]:
            yield f"  category {each} is {other[2]}"
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
