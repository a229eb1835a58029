"""What is remembered: notes and their history, in SQLite or PostgreSQL."""
