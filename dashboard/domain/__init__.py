"""What things are: values without a clock, a file or a network."""
