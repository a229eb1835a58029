"""What every store does with baskets; a test module adds the fixtures `url` and `store`."""

from datetime import UTC, datetime

import pytest

from dashboard.container import BackupArchive
from dashboard.models.baskets import Basket
from dashboard.models.errors import InputError
from dashboard.services.admin import make_backup, restore_backup
from dashboard.sources.rates.imported import ImportedRates
from dashboard.storage.baskets import BasketRepository

AT = datetime(2026, 12, 1, 3, tzinfo=UTC)
DESK = Basket("desk", ("usd_rub_cbr", "moex:RGBI"))
OIL = Basket("a-oil", ("brent_eia",))


def baskets_of(store, person):
    return BasketRepository(store.for_user(person), clock=lambda: AT)


class BasketsForm:
    def test_baskets_are_those_of_a_person_by_name(self, store):
        anna, boris = baskets_of(store, "anna"), baskets_of(store, "boris")
        anna.put(DESK)
        anna.put(OIL)
        boris.put(Basket("desk", ("eur_usd_ecb",)))
        assert anna.baskets() == (OIL, DESK)
        assert boris.baskets() == (Basket("desk", ("eur_usd_ecb",)),)

    def test_a_basket_is_replaced_removed_and_on_record_for_its_person_alone(self, store):
        anna = baskets_of(store, "anna")
        anna.put(DESK)
        anna.put(Basket("desk", ("brent_eia",)))
        assert anna.remove("desk").members == ("brent_eia",)
        assert anna.baskets() == ()
        with pytest.raises(InputError, match="you have no basket of this name"):
            anna.remove("desk")
        entries = store.for_user("anna").audit.entries(9)
        actions = [entry.action for entry in entries]
        assert actions == ["basket-remove", "basket-put", "basket-put"]
        assert entries[1].before["members"] == ["usd_rub_cbr", "moex:RGBI"]
        assert all(e.after is None for e in store.for_user("boris").audit.entries(9))

    def test_a_backup_brings_baskets_back(self, store, tmp_path):
        anna = baskets_of(store, "anna")
        anna.put(DESK)
        owner, rates = store.for_user("anna"), ImportedRates(tmp_path / "rates")
        file = tmp_path / "backup.zip"
        make_backup(file, owner.backups, rates, BackupArchive())
        anna.remove("desk")
        restore_backup(
            file, owner.backups, rates, BackupArchive(),
            backup_folder=tmp_path, may_replace=True, author="anna",
        )  # fmt: skip
        assert anna.baskets() == (DESK,)

    def test_the_baskets_of_a_person_who_is_removed_go_too(self, store):
        baskets_of(store, "anna").put(DESK)
        baskets_of(store, "boris").put(OIL)
        store.for_user("boss").people.remove_person("anna")
        assert baskets_of(store, "anna").baskets() == ()
        assert baskets_of(store, "boris").baskets() == (OIL,)
