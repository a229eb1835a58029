"""Moving the clock of a test and the replica's world together."""

from datetime import datetime


def at(moment, replica, clock):
    """Make it `format_moment` (ISO, with an offset) for both."""
    moment = datetime.fromisoformat(moment)
    replica.market.now = moment
    clock.pass_by((moment - clock.now()).total_seconds())
