"""The bundle of a study, and the command that computes one again and compares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from dashboard.cli.house import give_file, parts_of_house
from dashboard.cli.options import Arg, AsJson
from dashboard.domain.errors import InputError

if TYPE_CHECKING:
    from dashboard.cli.house import Question
    from dashboard.domain.study import StudyRequest

DIFFERS = 1
"""As `diff` has it: 0 equal, 1 different; 2 and 3 are what they are everywhere."""


def write_bundle(file: Path, question: Question, request: StudyRequest) -> None:
    """Write the bundle of a study that was computed.

    Raises:
        InputError: the place cannot be written to, or there is too much for one file.
    """
    from dashboard.services.bundle_study import Asked, bundle_bytes, question_of

    asked = Asked(
        "study", question.series, question.events, question.known, request, question.factors
    )
    titles = [each.card.title for each in question.series]
    words = question_of(question.made.parameters, len(question.events), titles)
    give_file(file, bundle_bytes(asked, question.made, words))


def reproduce(
    bundle: Annotated[Path, Arg(metavar="BUNDLE", help="A .zip that this program wrote.")],
    *,
    as_json: AsJson = False,
) -> int:
    """Compute a bundle again from what is in it, and say whether every file is equal.

    Exit code 0 where the files are equal, byte for byte or to 1e-12; 1 where they differ.
    """
    from dashboard.services.get_rates import get_series
    from dashboard.services.reproduce_study import reproduce as compare
    from dashboard.services.reproduce_study import verdict_json
    from dashboard.ui import terminal, terminal_bundles

    parts = parts_of_house()
    verdict = compare(_content(bundle), bundle.name, lambda name: get_series(parts.rates, name))
    if as_json:
        terminal.show_json(verdict_json(verdict))
    else:
        terminal_bundles.show_verdict(verdict)
    return DIFFERS if verdict.status == "different" else 0


def _content(file: Path) -> bytes:
    from dashboard.services.reproduce_study import MOST_BYTES

    try:
        if not file.is_file():
            msg = f"{file.name or file}: is no file; give a bundle that this program wrote"
            raise InputError(msg)
        if file.stat().st_size > MOST_BYTES:
            msg = f"{file.name}: is larger than {MOST_BYTES // 1_000_000} MB; that is no bundle"
            raise InputError(msg)
        return file.read_bytes()
    except OSError as error:
        msg = f"{file.name}: cannot be read ({error.strerror}); choose another file"
        raise InputError(msg) from error
