"""Readers of files that users give: CSV, Excel, JSON and iCalendar."""
