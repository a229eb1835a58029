"""Feeds: the list of publishers, and how the bytes of a feed become reports."""
