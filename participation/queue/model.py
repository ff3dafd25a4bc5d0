"""What the search knows of the words of a case, and what it has yet to look at again."""

from __future__ import annotations

from enum import IntEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from participation.foundation.db import Base


class Found(IntEnum):
    """What an entry of the search stands for."""

    CONTRIBUTION = 0
    POINT = 1
    ANSWER = 2


class SearchEntry(Base):
    """The stems of one contribution, point or answer as staff may read it; what is covered is not among them.

    The id is four times that of the row it stands for, and its kind, so that entries lie in the order of arrival and
    are written again in their place. The database keeps its full-text index in step with this table by itself.
    """

    __tablename__ = "search_entry"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    contribution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    #: Whose words and of which kind, as one word: a search looks into one case at a time.
    scope: Mapped[str] = mapped_column(sa.String(30))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    #: Name, organisation and address of the sender, for those who may see them.
    sender: Mapped[str] = mapped_column(sa.Text, default="")


class SearchStale(Base):
    """Something of a contribution or an answer was changed: its entry is no longer trusted, and is written anew.

    The database adds the row itself, in the transaction of the change, whatever act it was. It is never found by
    words it no longer has: a contribution that stands here is left out of every search.
    """

    __tablename__ = "search_stale"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int | None] = mapped_column(index=True)
    answer_id: Mapped[int | None] = mapped_column(index=True)
