"""What staff may read of the work of many."""

import sqlalchemy as sa
from werkzeug.exceptions import NotFound

from participation.foundation.db import db
from participation.projects.model import Project


def case_of(slug: str) -> Project:
    """The project of a page of the queue.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Project).where(Project.slug == slug))
    if found is None:
        raise NotFound
    return found
