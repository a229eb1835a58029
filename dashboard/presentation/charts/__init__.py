"""Figures as plain Plotly dictionaries, built from numbers."""
