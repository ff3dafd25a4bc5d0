"""The figure of each battery, as the law's batteries tell theirs."""

from tests.law.conftest import figure

__all__ = ["figure"]
