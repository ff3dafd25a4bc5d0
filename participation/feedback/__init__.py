"""Every contributor is told how their words were used, and may say that it was no answer."""
