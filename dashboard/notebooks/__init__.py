"""The Python interface for notebooks: data frames in, results with data frames and figures out."""
