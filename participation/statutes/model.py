"""What is kept of the rule table: its defaults lie in the rules, and here what an administrator changed, from when."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.foundation.db import Base
from participation.people.model import Person


class RuleChange(Base):
    """A row of the rule table was changed from a day on. The database refuses UPDATE, DELETE and TRUNCATE."""

    __tablename__ = "rule_change"
    __table_args__ = (sa.Index("ix_rule_change_rule_from", "rule", "from_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Key of a legal basis or of a choice of complaint.
    rule: Mapped[str] = mapped_column(sa.String(40))
    from_day: Mapped[date]
    #: The fields that became different, as plain facts.
    facts: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    made_by: Mapped[Person | None] = relationship(lazy="joined")
