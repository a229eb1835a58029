"""The event files package of the product."""
