"""Generators of published files: the same report in every shape that agencies publish, made from the forms and from figures.

`statutory` says what the official form prints, cell by cell; the other modules write that down, one kind of file each.
"""
