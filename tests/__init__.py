"""Sentences that are true of the house."""
