"""Engelund Kommune: a municipality that does not exist, for the demo, for training and for tests."""
