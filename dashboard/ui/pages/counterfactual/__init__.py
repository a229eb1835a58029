"""The Counterfactual page."""
