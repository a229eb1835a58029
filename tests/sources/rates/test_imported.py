"""A person's own series: stored whole, read back unchanged, a message where a file is damaged."""

import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from dashboard.models.errors import InputError, SourceError
from dashboard.models.publication import IMPORTED_BAR
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.sources.rates.imported import ImportedRates

WHEN = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)


def bars(name="own_a", rates=(80.5, np.nan, 80.7)):
    opens = np.datetime64("2026-09-01T07:00:00") + 3_600 * np.arange(len(rates))
    opens = opens.astype("datetime64[s]")
    day = opens.astype("datetime64[D]")
    card = SeriesCard(name, "A", "RUB per USD", "USD per RUB", "your own file a.csv", "", "yours",
                      IMPORTED_BAR.id, move_sign=-1, bar_minutes=60)  # fmt: skip
    return RateSeries(card, day, day, opens, opens + 3_599, np.array(rates), WHEN)


def test_a_series_is_read_back_as_it_was(tmp_path):
    ImportedRates(tmp_path).store([bars()], "f" * 64)
    own = ImportedRates(tmp_path)
    assert own.cards() == (bars().card,)
    assert own.files() == {"own_a": "f" * 64}
    back, wanted = own.get("own_a"), bars()
    for name in ("record", "day", "opens", "known_at"):
        assert getattr(back, name).tolist() == getattr(wanted, name).tolist()
    assert np.array_equal(back.rate, wanted.rate, equal_nan=True)
    assert back.fetched_at == WHEN
    assert not back.rate.flags.writeable


def test_nothing_is_made_before_something_is_kept(tmp_path):
    own = ImportedRates(tmp_path / "rates")
    assert own.cards() == ()
    assert not (tmp_path / "rates").exists()


def test_a_taken_id_is_refused_and_replaced_only_when_told(tmp_path):
    own = ImportedRates(tmp_path)
    own.store([bars()], "f" * 64)
    with pytest.raises(InputError, match="own_a: is already kept; take another name"):
        own.store([bars(rates=(1.0, 2.0, 3.0))], "e" * 64)
    assert own.get("own_a").rate[0] == 80.5
    own.store([bars(rates=(1.0, 2.0, 3.0))], "e" * 64, replace=True)
    assert own.get("own_a").rate.tolist() == [1.0, 2.0, 3.0]


def test_another_process_is_seen_at_once(tmp_path):
    here, present = ImportedRates(tmp_path), ImportedRates(tmp_path)
    assert here.cards() == ()
    present.store([bars()], "f" * 64)
    assert here.get("own_a").rate[0] == 80.5
    present.store([bars(rates=(1.0, 2.0, 3.0))], "e" * 64, replace=True)
    assert here.get("own_a").rate[0] == 1.0
    present.remove("own_a")
    assert here.cards() == ()
    with pytest.raises(InputError, match="is none of your own"):
        here.get("own_a")


def test_files_are_for_their_owner_only(tmp_path):
    ImportedRates(tmp_path / "rates").store([bars()], "f" * 64)
    (file,) = (tmp_path / "rates").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("cut", [0, 1, 100, -1, -200])
def test_a_damaged_file_is_told_and_hides_no_other(tmp_path, cut):
    own = ImportedRates(tmp_path)
    own.store([bars(), bars("own_b")], "f" * 64)
    file = tmp_path / "own_a.npz"
    file.write_bytes(file.read_bytes()[:cut])
    assert [card.id for card in own.cards()] == ["own_b"]
    with pytest.raises(SourceError, match="own_a: its file is damaged; rates remove own_a"):
        own.get("own_a")
    own.remove("own_a")
    assert not file.exists()


def test_a_flipped_bit_in_the_numbers_is_noticed(tmp_path):
    own = ImportedRates(tmp_path)
    own.store([bars()], "f" * 64)
    file = tmp_path / "own_a.npz"
    content = bytearray(file.read_bytes())
    at = content.index(np.array([80.5]).tobytes())
    content[at] ^= 1
    file.write_bytes(content)
    with pytest.raises(SourceError, match="is damaged"):
        own.get("own_a")


def test_a_file_cannot_lend_another_name_or_run_anything(tmp_path):
    own = ImportedRates(tmp_path)
    own.store([bars()], "f" * 64)
    (tmp_path / "own_a.npz").rename(tmp_path / "own_b.npz")
    with pytest.raises(SourceError, match="is damaged"):
        own.get("own_b")
    np.savez(tmp_path / "own_c.npz", about=np.array([{"a": 1}], dtype=object))
    with pytest.raises(SourceError, match="is damaged"):
        own.get("own_c")
    for name in ("../own_a", "own_a/../own_b", "", "own_a.npz"):
        with pytest.raises(InputError):
            own.remove(name)


def test_a_folder_that_cannot_be_written_to_keeps_nothing(tmp_path):
    (tmp_path / "rates").write_text("a file where the folder is to be")
    with pytest.raises(SourceError, match="own_a: cannot be kept"):
        ImportedRates(tmp_path / "rates").store([bars()], "f" * 64)


def test_of_several_series_none_is_kept_where_one_cannot_be(tmp_path):
    good, bad = bars(), bars("own_b")
    bad = replace(bad, card=replace(bad.card, id="own_" + "b" * 300))
    with pytest.raises(SourceError):
        ImportedRates(tmp_path).store([good, bad], "f" * 64)
    assert list(tmp_path.iterdir()) == []


def test_an_import_that_is_killed_leaves_the_old_series_or_the_new_one(tmp_path):
    """Eight writers, each killed at another moment while it replaces the series for ever."""
    ImportedRates(tmp_path).store([bars()], "f" * 64)
    script = (
        "import sys, itertools\n"
        "from pathlib import Path\n"
        "import numpy as np\n"
        "from dashboard.sources.rates.imported import ImportedRates\n"
        "from dataclasses import replace\n"
        "rates = ImportedRates(Path(sys.argv[1]))\n"
        "one = rates.get('own_a')\n"
        "print('ready', flush=True)\n"
        "for k in itertools.count(1):\n"
        "    rate = np.full(len(one), float(k))\n"
        "    rates.store([replace(one, rate=rate)], 'e' * 64, replace=True)\n"
    )
    for turn in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout.readline() == b"ready\n"
            try:
                writer.wait(0.005 * turn)
            except subprocess.TimeoutExpired:
                writer.kill()
        rate = ImportedRates(tmp_path).get("own_a").rate
        assert len(rate) == 3
        assert len(set(rate.tolist())) == 1 or rate[0] == 80.5
