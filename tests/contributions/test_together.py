"""Many at the same moment: a double click is one contribution, and no number is given twice (RELIABILITY R1c)."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from participation.contributions.model import Contribution
from participation.foundation.db import db
from participation.foundation.model import Letter
from tests.contributions.sending import form_key, send


def sent_together(app, path, keys):
    def sending(key):
        with app.app_context():
            return send(app.test_client(), path, key=key, email="a@borger.example").status_code

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(sending, keys))


def test_the_same_form_ten_times_in_parallel_is_one_contribution(app, client, hearing):
    path = f"/projekter/{hearing.project.slug}/svar"
    key = form_key(client, path)
    db.session.remove()
    assert sent_together(app, path, [key] * 10) == [303] * 10
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Contribution)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 1


def test_ten_citizens_at_once_get_ten_numbers_without_gaps(app, client, hearing):
    path = f"/projekter/{hearing.project.slug}/svar"
    keys = [form_key(client, path) for _ in range(10)]
    db.session.remove()
    assert sent_together(app, path, keys) == [303] * 10
    assert sorted(db.session.scalars(sa.select(Contribution.number))) == list(range(1, 11))
