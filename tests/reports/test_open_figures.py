"""Open data tell what their page says they tell, and no group of private citizens is smaller than five."""

import csv
import io
import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from participation.reports.model import WhitePaper
from participation.reports.open_figures import SMALLEST, grouped
from participation.rules import kinds, levels, outcomes, phases
from tests.house.tree import ROOT

WORDS = {
    "speaks_as": kinds.Capacity,
    "channel": kinds.Channel,
    "arrival": phases.Arrival,
    "recommendation": outcomes.Recommendation,
    "level": levels.Level,
}
SHAPES = {"day": r"\d{4}-\d\d-\d\d", "week": r"\d{4}-W\d\d", "text": r".+"}


def schema() -> dict[str, dict[str, str]]:
    """The fields of each table of the page, with their types."""
    text = (ROOT / "docs" / "open-data.md").read_text(encoding="utf-8")
    tables = re.split(r"(?m)^##+ ", text)
    found = {
        part.split("\n", 1)[0].strip("` "): dict(re.findall(r"(?m)^\| `(\w+)` \| ([^|]+) \|", part)) for part in tables
    }
    return {name: fields for name, fields in found.items() if fields}


def wrong(fields: dict[str, str], told: dict[str, Any]) -> list[str]:
    """What does not agree with the page: names, order and types."""
    if list(fields) != list(told):
        return [f"{list(fields)} is not {list(told)}"]
    return [f"{name}: {told[name]!r}" for name, kind in fields.items() if not _fits(name, kind.strip(), told[name])]


def _fits(name: str, kind: str, value: Any) -> bool:
    if value is None:
        return kind.endswith("empty")
    kind = kind.removesuffix(", empty")
    if kind == "number":
        return type(value) is int and value >= 0
    if kind == "list":
        return isinstance(value, list)
    words = WORDS.get(name)
    return isinstance(value, str) and bool(re.fullmatch(SHAPES[kind], value)) and (not words or value in set(words))


@pytest.fixture
def data(rich: WhitePaper, client: Any) -> dict[str, Any]:
    return json.loads(client.get(f"/projekter/{rich.project.slug}/hvidbog/1/aabne-data.json").data)


def test_a_real_file_is_what_the_page_says(data) -> None:
    """SK-42."""
    fields = schema()
    assert wrong(fields["The document"], data) == []
    for table in ("periods", "contributions", "topics", "answers"):
        assert data[table], table
        assert [flaw for row in data[table] for flaw in wrong(fields[table], row)] == []


def test_the_page_names_every_word_that_a_field_may_hold() -> None:
    text = (ROOT / "docs" / "open-data.md").read_text(encoding="utf-8")
    for words in (kinds.Capacity, kinds.Channel, phases.Arrival, kinds.Kind, levels.Level):
        assert [word.value for word in words if f"`{word.value}`" not in text] == []


def test_the_sum_of_the_groups_is_what_came_in(data, rich) -> None:
    assert data["received"] == sum(row["count"] for row in data["contributions"]) == 16


@pytest.mark.parametrize(("file", "table"), [("svar", "contributions"), ("emner", "topics")])
def test_each_csv_is_a_table_of_the_json(client, rich, data, file, table) -> None:
    answer = client.get(f"/projekter/{rich.project.slug}/hvidbog/1/aabne-data-{file}.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))
    told = [{name: "" if value is None else str(value) for name, value in row.items()} for row in data[table]]
    assert rows == told


def test_the_page_of_the_paper_leads_to_the_open_data(client, rich) -> None:
    page = client.get(f"/projekter/{rich.project.slug}/hvidbog").text
    for file in ("aabne-data.json", "aabne-data-svar.csv", "aabne-data-emner.csv"):
        assert f'href="/projekter/{rich.project.slug}/hvidbog/1/{file}"' in page


def test_open_data_of_a_draft_or_of_another_name_are_not_there(client, rich) -> None:
    assert client.get(f"/projekter/{rich.project.slug}/hvidbog/2/aabne-data.json").status_code == 404
    assert client.get(f"/projekter/{rich.project.slug}/hvidbog/1/aabne-data.xml").status_code == 404


def test_few_private_people_under_a_topic_are_an_empty_field(data) -> None:
    of = {row["topic"]: (row["private"], row["organisations"]) for row in data["topics"]}
    assert of["Placering af overgangen"] == (None, 1)
    assert of["Lindetræerne"] == (6, 0)


TRAITS = some.tuples(*(some.sampled_from([None, "a", "b", "c"]) for _column in range(4)))


@given(some.lists(TRAITS, max_size=60))
def test_every_group_is_five_or_more_and_nobody_is_lost(traits) -> None:
    groups = grouped(traits)
    assert all(group.many >= SMALLEST for group in groups)
    assert sum(group.many for group in groups) == (len(traits) if len(traits) >= SMALLEST else 0)
    assert len({group.traits for group in groups}) == len(groups)


NOBODY = (None, None, None, None)
CROSSED = [
    *[NOBODY] * 5,
    *[(None, "a", None, None)] * 4,
    *[("a", None, None, None)] * 4,
    ("a", "a", None, None),
    (None, "a", None, "a"),
]


@example(CROSSED)
@given(some.lists(TRAITS, min_size=5, max_size=60))
def test_what_a_group_tells_is_true_of_as_many_as_it_counts(traits) -> None:
    """Each person can be put into a group that tells nothing false of them: the groups are only coarser."""
    seats = [group.traits for group in grouped(traits) for _one in range(group.many)]
    true = [[all(told in (None, own) for told, own in zip(seat, one, strict=True)) for seat in seats] for one in traits]
    assert (maximum_bipartite_matching(csr_matrix(np.array(true, dtype=bool)), perm_type="column") >= 0).all()


def test_a_large_group_keeps_everything_and_whoever_stands_alone_takes_the_smallest_in() -> None:
    """Else the one who stands alone were found by subtraction."""
    six, five = ("citizen", "2026-W42", "3460"), ("citizen", "2026-W42", "3000")
    alone = ("neighbour", "2026-W43", "2100")
    assert dict(grouped([six] * 6 + [five] * 5)) == {six: 6, five: 5}
    assert dict(grouped([six] * 6 + [five] * 5 + [alone])) == {six: 6, (None, None, None): 6}


def test_a_small_group_gives_up_its_place_before_its_week() -> None:
    traits = [("citizen", "2026-W42", area) for area in ("3460", "3460", "3000", "2100", "2100")]
    assert dict(grouped(traits)) == {("citizen", "2026-W42", None): 5}
