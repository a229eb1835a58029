"""Live sources that use a replica, on a clock that stands still."""

from dashboard.services.live_rates import RefreshRequest, refresh_rates
from dashboard.services.rates import CombinedRates
from dashboard.sources.http_client import DEFAULT_LIMITS
from dashboard.sources.polite_client import PoliteClient
from dashboard.sources.rates import LIVE_SOURCES
from dashboard.sources.rates.bundled import BundledRates
from dashboard.storage.rate_cache import RateCache


class LiveSetup:
    """Everything a refresh needs; `makes` are the classes of its live sources."""

    def __init__(self, folder, session, clock, makes=LIVE_SOURCES, limits=DEFAULT_LIMITS):
        self.clock = clock
        self.client = PoliteClient(session, clock, limits)
        self.rate_cache = RateCache(folder / "cache")
        self.live = tuple(make.create(self.client, folder) for make in makes)
        self.known = CombinedRates(BundledRates(), self.live, self.rate_cache)

    def refresh(self, *series, progress=lambda done, total, series_id: None, **more):
        """Refresh some series, or all; what became of each by its id."""
        request = RefreshRequest(series=series, **more)
        found = refresh_rates(self.known, self.rate_cache, request, self.clock.now, progress)
        return {one.series: one for one in found}

    def rates(self, series_id):
        """Rates by printed date (ISO)."""
        series = self.known.get(series_id)
        return dict(zip(series.record.astype(str).tolist(), series.rate.tolist(), strict=True))
