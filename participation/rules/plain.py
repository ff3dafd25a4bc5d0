"""The languages of the pages; marks a Danish sentence for translation without needing a translator here."""

#: What the pages and letters are written in, Danish first, each by its own name (SK-25).
LANGUAGES = {"da": "Dansk", "en": "English", "de": "Deutsch"}


def mark(words: str) -> str:
    """The same words; the catalogue extractor collects them by the name of this function."""
    return words
