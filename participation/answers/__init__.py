"""The administration's remarks and recommendation per theme, contribution or point."""
