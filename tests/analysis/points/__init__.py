"""Letters divided by hand; see README.md."""
