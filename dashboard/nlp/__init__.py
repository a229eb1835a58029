"""Text analysis by rule, in English and Russian: dates, statements, claims, categories."""
