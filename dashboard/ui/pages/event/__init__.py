"""The event page."""
