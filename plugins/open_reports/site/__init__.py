"""Site: everything together, built and put in place."""
