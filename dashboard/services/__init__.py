"""Use cases of the dashboard; sources, storage and computation arrive as arguments."""
