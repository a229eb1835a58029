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
    return [
        (days_of(item), item.actor, str(item.category)) for item in result if not item.is_background
    ]


def background_of(text):
    """What is dated to a year alone, in the words of the file."""
    result = read_text(text["text"], published_of(text)).statements
    return [(days_of(item), item.actor) for item in result if item.is_background]


def claims_of(text):
    """The claims found in a text, in the words of the file."""
    return [claim_text(claim) for claim in read_text(text["text"], published_of(text)).claims]


def complete_claims_of(text, *, with_doubtful=True):
    """The claims with their markets and with days other than that of publication.

    Two readings of one sentence are both given, and marked; neither says that it is the right one.
    """
    published = published_of(text)
    claims = read_text(text["text"], published).claims
    parts = [
        (claim_text(claim), claim.market, day_text(claim, published))
        for claim in claims
        if with_doubtful or not claim.doubt
    ]
    return [" ".join(part for part in item if part) for item in parts]


def day_text(claim, published):
    if claim.first_day is not None:
        return f"on {claim.first_day}/{claim.day}"
    return "" if claim.day == published else f"on {claim.day}"


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


def measure_styles(those):
    """Counts over texts whose claims name market and day, and whose background is expected too."""
    kinds = ("expected", "found", "right", "of the opposite direction")
    counts = {f"{what} {kind}": 0 for what in ("dated", "claims") for kind in kinds}
    del counts["dated of the opposite direction"]
    for text in those:
        for expected, result, same in (
            (text["statements"], statements_of(text), same_statement),
            (text["background"], background_of(text), same_statement),
            (text["claims"], complete_claims_of(text), str.__eq__),
        ):
            what = "claims" if same is str.__eq__ else "dated"
            counts[f"{what} expected"] += len(expected)
            counts[f"{what} found"] += len(result)
            counts[f"{what} right"] += len(matched(expected, result, same))
        counts["claims of the opposite direction"] += sum(
            opposite(claim) in text["claims"] and claim not in text["claims"]
            for claim in complete_claims_of(text, with_doubtful=False)
        )
    return counts


OPPOSITES = {
    "strongest": "weakest", "weakest": "strongest", "up": "down", "down": "up",
    "above": "below", "below": "above",
}  # fmt: skip


def opposite(claim):
    """A claim with its direction reversed; itself where it has none."""
    return " ".join(OPPOSITES.get(word, word) for word in claim.split(" "))


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


def style_differences(text):
    """What was missed and what was too much in a text of styles.toml."""
    for expected, result, same in (
        (text["statements"], statements_of(text), same_statement),
        (text["background"], background_of(text), same_statement),
        (text["claims"], complete_claims_of(text), str.__eq__),
    ):
        pairs = matched(expected, result, same)
        yield from (f"  missed   {e}" for e in expected if all(e is not one for one, _ in pairs))
        yield from (f"  too much {r}" for r in result if all(r is not one for _, one in pairs))


def main():
    print("== styles.toml")
    for text in texts("styles"):
        lines = list(style_differences(text))
        if lines:
            print(f"{text['id']}:", *lines, sep="\n")
    counts = measure_styles(texts("styles"))
    print(*(f"{what}: {count}" for what, count in counts.items()), sep="\n")
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
