"""Files: every data file of the site."""
