"""Event-study statistics: pure functions on arrays, without clock, file or network."""
