"""The schema's revisions, in order; run by `dashboard.store.upgrade` on first use."""
