"""Export formats: table schemas, CSV files, reproducible bundles and reports."""
