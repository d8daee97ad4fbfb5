"""Checks: from a rule of the form to a finding, and how findings are written."""
