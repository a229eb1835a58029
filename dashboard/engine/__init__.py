"""What the numbers say: pure functions on arrays, without clock, file or network."""
