"""What is promised about speed and size, measured on this machine."""
