"""Components that more than one page draws."""
