"""Intake: a file that an agency published becomes a package, and what is not certain is asked, never guessed."""
