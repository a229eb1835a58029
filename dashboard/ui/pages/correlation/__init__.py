"""The correlation page."""
