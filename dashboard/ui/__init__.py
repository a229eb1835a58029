"""Streamlit pages; nothing outside this package imports Streamlit but the application."""
