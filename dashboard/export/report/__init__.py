"""A report as an HTML page, the same page printed to PDF, or one chart as SVG or PNG."""
