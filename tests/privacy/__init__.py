"""Privacy as batteries P1, P2, P4, and exports as S2, each with its figure: ``python -m pytest tests/privacy -s``."""
