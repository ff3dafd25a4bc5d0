"""Very many points are grouped in parts, the same on every engine, and nobody is lost."""

from __future__ import annotations

import os
import random
import signal
from importlib import import_module
from operator import itemgetter

import pytest

import analysis.gather
from analysis import ThemeFinder, assign, group, tally
from analysis.engine import Dask, Local, Processes, Unreachable, chosen

from .letters import POINTS

MINK = ["minkfarmen", "lugter", "mink", "pelse", "bure", "pelsdyr", "gylle", "minkavl", "fluer", "udslip"]


@pytest.fixture(scope="module", autouse=True)
def small_parts():
    """Parts and a sample so small that a few thousand texts fill several of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "PART", 40_000)
        patch.setattr(analysis.gather, "LEARNED", 300)
        yield


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Three thousand texts, each of words from two points of one theme, and a few that are nobody's."""
    chance, by_theme = random.Random(4), {}
    for name, text in POINTS:
        by_theme.setdefault(name, []).append(text.split())
    made = []
    for _ in range(3000):
        one, other = chance.sample(by_theme[chance.choice(sorted(by_theme))], 2)
        made.append(" ".join(chance.sample(one, len(one) * 2 // 3) + other[: len(other) // 2]))
    return [
        *made,
        "",
        "og det er det",
        "123",
        "Hvad menes der egentlig her",
        "The road is much too dark at night for us",
    ]


@pytest.fixture(scope="module")
def found(texts):
    return group(texts, engine=Local())


def everyone(grouping):
    return sorted([*grouping.placements, *grouping.left_over])


def test_everyone_is_placed_or_counted(texts, found):
    assert everyone(found) == list(range(len(texts)))
    tops = [theme for theme in found.themes if theme.parent is None]
    assert sum(theme.size for theme in tops) == len(found.placements) == len(texts) - len(found.left_over)
    assert {3000, 3001, 3002} <= set(found.left_over) <= set(range(2990, 3005))
    for theme in found.themes:
        assert len(theme.members) == theme.size
        assert all(theme.key in (found.placements[i].theme, found.placements[i].parent) for i in theme.members[:5])


def test_a_point_is_placed_as_a_new_one_would_be(texts, found):
    chance = random.Random(1)
    for i in chance.sample(range(3000), 100):
        told, new = found.placements[i], assign(found.model, texts[i])
        assert (told.theme, told.parent, told.why) == (new.theme, new.parent, new.why)


def test_reading_all_the_reasons_gives_what_asking_for_one_gives(found):
    read = dict(found.placements.items())
    assert all(read[i] == found.placements[i] for i in range(0, 3000, 97))


def test_quotes_stand_in_their_points(texts, found):
    said = [quote for theme in found.themes for quote in theme.quotes]
    assert said
    assert all(texts[quote.id][quote.start : quote.end] == quote.text for quote in said)


def test_the_order_of_the_texts_changes_nothing(texts, found):
    order = random.Random(2).sample(range(len(texts)), len(texts))
    again = group([texts[i] for i in order], ids=order, engine=Local())
    assert again.digest == found.digest
    assert again.themes == found.themes
    assert group([texts[i] for i in order], engine=Local()).digest == found.digest


def test_the_lines_of_a_file_are_grouped_as_the_texts_are(tmp_path, texts, found):
    file = tmp_path / "said.txt"
    file.write_text("\n".join(texts), encoding="utf-8")
    assert group(tally.Lines(file), engine=Local()).digest == found.digest


def test_two_processes_find_the_same(texts, found):
    engine = Processes(2)
    try:
        assert group(texts, engine=engine).digest == found.digest
    finally:
        engine.close()


@pytest.fixture(scope="module")
def cluster():
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as running:
        yield running


def test_two_dask_workers_find_the_same(texts, found, cluster):
    with chosen(cluster.scheduler_address) as engine:
        again = group(texts, engine=engine)
    assert again.digest == found.digest
    assert again.themes == found.themes


def test_a_worker_that_is_killed_half_way_changes_nothing(texts, found, cluster):
    engine = Dask(cluster)
    killed = []

    def kill(done, what):
        if what == "place" and not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    try:
        assert group(texts, engine=engine, progress=kill).digest == found.digest
        assert killed
    finally:
        engine.close()


def test_a_process_that_fails_says_what_was_wrong():
    engine = Processes(2)
    try:
        (made,) = engine.map(itemgetter("b"), engine.put([{"a": 1}]))
        (after,) = engine.map(len, [made])
        with pytest.raises(KeyError, match="b"):
            engine.get([after])
        os.kill(engine._workers[0].pid, signal.SIGKILL)
        with pytest.raises(Unreachable, match="start the analysis again"):
            engine.get(engine.put(["x"]))
    finally:
        engine.close()


def test_an_engine_that_nobody_knows_or_that_does_not_answer_is_told_of(monkeypatch):
    monkeypatch.setenv("MEDSPIL_ANALYSIS_CLUSTER", "spark")
    with pytest.raises(ValueError, match="MEDSPIL_ANALYSIS_CLUSTER is 'spark'"), chosen():
        pass
    for name, kind in (("", Local), ("processes:1", Processes)):
        with chosen(name) as engine:
            assert isinstance(engine, kind)
            assert engine.get(engine.map(len, engine.put(["ab", "c"]))) == [2, 1]


def test_what_the_sample_was_too_small_to_see_becomes_a_theme(texts):
    chance = random.Random(3)
    said = [" ".join(chance.choices(MINK, k=9)) for _ in range(30)]
    rest = texts[:2970]
    found = group(rest + said, engine=Local())
    homes = {found.placements[i].parent or found.placements[i].theme for i in range(2970, 3000)}
    assert len(homes) == 1
    (theme,) = (theme for theme in found.themes if theme.key in homes)
    assert set(theme.words) <= set(MINK)


def test_a_persons_work_is_kept(texts):
    """RP-37: human work survives a new run."""
    known = group(
        texts,
        engine=Local(),
        pinned={5: "by-hand", 2999: "by-hand", 7: "under.other"},
        parents={"under.other": "roof"},
        must_link=[[5, 11], [40, 2000]],
    )
    home = {i: known.placements[i].theme for i in (5, 2999, 7, 11, 40, 2000)}
    assert home[5] == home[2999] == home[11] == "by-hand"
    assert (home[7], known.placements[7].parent) == ("under.other", "roof")
    assert known.placements[5].sureness == 1.0
    assert home[40] == home[2000]
    assert everyone(known) == list(range(len(texts)))


def test_a_refit_keeps_the_themes(texts, found):
    before = {i: p.theme for i, p in found.placements.items()}
    again = group(texts, engine=Local(), start=before, parents={t.key: t.parent for t in found.themes})
    moved = [i for i, p in found.placements.items() if again.placements[i].parent != p.parent]
    assert len(moved) < 0.2 * len(before)
    assert {t.key for t in found.themes if t.parent is None} >= {t.key for t in again.themes if t.parent is None}


@pytest.mark.parametrize("said", [[], [""] * 30, ["Der mangler lys på stien ved skolen."] * 60, ["nej"] * 40])
def test_nothing_one_wording_and_small_words_are_no_trouble(said):
    grouping = group(said, engine=Local())
    assert everyone(grouping) == list(range(len(said)))
    assert [theme.size for theme in grouping.themes] == ([60] if len(said) == 60 else [])


def test_a_wished_number_of_themes_is_met(texts):
    assert sum(t.parent is None for t in group(texts[:3000], themes=4, engine=Local()).themes) == 4


def test_the_estimator_takes_many_texts_in_any_order(texts, monkeypatch):
    for module in ("analysis.group", "analysis.estimator"):
        monkeypatch.setattr(import_module(module), "MANY", 1000)
    order = random.Random(8).sample(range(len(texts)), len(texts))
    straight, mixed = ThemeFinder().fit(texts), ThemeFinder().fit([texts[i] for i in order])
    assert mixed.digest_ == straight.digest_
    assert mixed.labels_.tolist() == straight.labels_[order].tolist()
    assert (straight.predict(texts[:200]) == straight.labels_[:200]).all()
