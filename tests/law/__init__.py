"""The law of dates as batteries L1 to L5, each with its figure: ``python -m pytest tests/law -s``."""
