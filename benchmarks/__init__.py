"""Benchmarks, run by hand: `python -m benchmarks --help`. Nothing here is part of the package or of the test suite."""
