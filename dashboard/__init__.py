"""Rouble Reaction: what the news did to the exchange rate."""

__version__ = "0.1.0"
