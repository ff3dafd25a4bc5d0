"""Medspil: citizen participation and public hearings, from the announcement to the last answer."""
