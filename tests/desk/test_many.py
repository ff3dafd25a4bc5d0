"""The planner's pages ask the database no more often with many points than with few (``bench/desk.py`` in short)."""

from bench.desk import PAGES, asked, furnished
from participation.foundation.sums import FEW


def test_no_page_asks_more_often_with_many_points(tmp_path):
    """RP-02: with more than are summed anew each time, and all pages answer."""
    few = asked(furnished(tmp_path / "few", 40, 1), rounds=1)
    many = asked(furnished(tmp_path / "many", FEW + 40, 1), rounds=2)
    assert {page: status for page, (status, _ms, _queries) in {**few, **many}.items() if status != 200} == {}
    assert set(many) == set(PAGES)
    more = {page: (few[page][2], many[page][2]) for page in PAGES if many[page][2] > few[page][2]}
    assert more == {}
