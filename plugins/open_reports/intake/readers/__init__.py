"""Readers: one module for each kind of file, from its bytes to a `Manuscript`. Nothing here knows a form.

A reader runs in a child process with limits (`intake.guard`): its input is half trusted. It says what stands where, and what it
doubts; what the cells mean is decided by their labels, elsewhere.
"""
