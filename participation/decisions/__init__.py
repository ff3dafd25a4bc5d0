"""The deciding body's steps, results and their announcement."""
