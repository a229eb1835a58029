"""The terminal: what came of computing a bundle again."""

from __future__ import annotations

from dashboard.services.reproduce_study import Verdict
from dashboard.ui.terminal import say
from dashboard.ui.text import clean, clip
from dashboard.ui.wording import count

CELL_LIMIT = 60


def show_verdict(verdict: Verdict) -> None:
    """Print one line for the whole, one for each file that differs, and what to know."""
    files = count(verdict.files, "file")
    if verdict.status == "equal" and verdict.added:
        say(f"equal: {files}, every cell that they hold")
    elif verdict.status == "equal":
        say(f"equal: {files}, byte for byte")
    elif verdict.status == "close":
        say(f"equal to 1e-12, not byte for byte: {files}; last digits differ")
    else:
        say(f"different: {count(len(verdict.differences), 'file')} of {verdict.files}")
    for each in verdict.differences:
        if not each.column:
            say(f"  {each.file}: other bytes, the same cells")
            continue
        kept, computed = (clip(clean(text), CELL_LIMIT) for text in (each.in_bundle, each.computed))
        where = f"{each.file}, row {each.row:,}, {clean(each.column)}"
        say(f"  {where}: {kept!r} in the bundle, {computed!r} computed")
    if verdict.added:
        say(f"  not in the bundle and not compared: {clean('; '.join(verdict.added))}")
    for note in verdict.notes:
        say(f"  {clean(note)}")
