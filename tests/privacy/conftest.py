"""The figure of each battery, as the law's batteries tell theirs; and the moment in which white papers are made."""

from tests.law.conftest import figure
from tests.reports.conftest import later, without_approval

__all__ = ["figure", "later", "without_approval"]
