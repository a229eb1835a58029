"""Data from outside: rate and event sources, files of users, feeds and articles."""
