"""Open Reports: annual reports on government information disclosure, from data packages to a public site."""
