"""The languages of the pages; marks a Danish sentence for translation without needing a translator here."""

#: What the pages are written in, Danish first.
LANGUAGES = ("da", "en")


def mark(words: str) -> str:
    """The same words; the catalogue extractor collects them by the name of this function."""
    return words
