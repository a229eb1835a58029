"""The services of the replica, in the order of the documents they follow."""

from tests.replica.services.cbr import Cbr
from tests.replica.services.ecb import Ecb
from tests.replica.services.exchange_api import ExchangeApi
from tests.replica.services.fred import Fred
from tests.replica.services.moex import Moex
from tests.replica.services.news import Feeds, GdeltDoc, GdeltFiles, Pages
from tests.replica.services.yahoo import Yahoo

SERVICES = (Cbr, Moex, Yahoo, Ecb, Fred, ExchangeApi, GdeltDoc, GdeltFiles, Feeds, Pages)
