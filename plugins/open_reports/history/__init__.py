"""History: what changed in the data, and what must not change in silence."""
