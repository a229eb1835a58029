"""Value types and errors: frozen dataclasses without a clock, a file or a network."""
