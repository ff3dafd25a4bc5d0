"""The ground: database, log, letters, jobs, forms, markup, clock and files. Knows nothing of hearings."""
