"""Files of events in the formats people have: each becomes a grid of text, then events."""
