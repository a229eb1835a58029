"""Revisions of the schema, in order; run by `dashboard.storage.upgrade` on first use."""
