"""Storage: notes with their history, the inbox, the audit trail and the rate cache."""
