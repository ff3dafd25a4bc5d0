"""Real Chromium at the pages: how it is started, what it watches for, and the checkers that look with it."""
