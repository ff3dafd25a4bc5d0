"""The queue of many: words are searched, work is found, handed out and done in batches, by two people in days."""
