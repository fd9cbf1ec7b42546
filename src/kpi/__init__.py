"""Michishirube: whether a municipality reached what its plan promised, and whether it will."""
