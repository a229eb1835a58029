"""Where data come from: rate sources and event sources, each on a shelf of its own."""
