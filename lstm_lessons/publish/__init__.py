"""Executing the lessons and bringing them into the form in which they are committed."""
