"""RSS and Atom feeds: the registry of publishers, and the parser."""
