"""The drivers page."""
