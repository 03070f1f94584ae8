"""Pairs with the three guarantees."""
