"""The rules of the house in plain Python: what may happen, when, and by whom. Imports the standard library only."""
