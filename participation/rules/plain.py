"""Marks a Danish sentence for translation without needing a translator here."""


def mark(words: str) -> str:
    """The same words; the catalogue extractor collects them by the name of this function."""
    return words
