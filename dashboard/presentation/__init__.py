"""The presentation package of the product."""
