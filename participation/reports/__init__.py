"""The white paper: compiled from the live data, approved, frozen and numbered."""
