"""Derived: what figures amount to."""
