"""What one may ask: one verb a file; sources and stores arrive as arguments."""
