"""Paper: a report as one HTML page, a PDF or a picture, without a browser."""
