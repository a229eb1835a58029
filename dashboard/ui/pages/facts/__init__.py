"""The facts page."""
