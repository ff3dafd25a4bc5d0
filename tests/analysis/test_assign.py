"""A point that arrives later is placed at once, with reasons, by a model kept as plain bytes."""

from __future__ import annotations

import pytest

from analysis import Model, assign, assign_all, group

from .letters import POINTS


@pytest.fixture(scope="module")
def grouping():
    return group([text for _, text in POINTS], themes=5)


def test_a_kept_model_places_as_the_first_one_did(grouping):
    texts = [text for _, text in POINTS]
    again = Model.from_bytes(grouping.model.to_bytes())
    assert assign_all(again, texts) == assign_all(grouping.model, texts)


def test_a_point_of_the_grouping_is_placed_where_the_grouping_has_it(grouping):
    for (_, text), (i, placement) in zip(POINTS, grouping.placements.items(), strict=True):
        assert assign(grouping.model, text) == placement, i


def test_a_new_point_goes_where_its_like_are(grouping):
    light = max(grouping.placements, key=lambda i: POINTS[i][0] == "light" and grouping.placements[i].sureness)
    placement = assign(grouping.model, "Det er bælgmørkt på stien om aftenen, og lamperne lyser ikke.")
    assert placement is not None
    assert placement.theme == grouping.placements[light].theme
    assert placement.next_best is not None


@pytest.mark.parametrize("text", ["", "🙂", "Nej tak", "og det er det", "zzzzqqq"])
def test_a_point_that_says_too_little_is_placed_nowhere(grouping, text):
    assert assign(grouping.model, text) is None


def test_a_language_without_themes_is_placed_nowhere(grouping):
    assert (
        assign(grouping.model, "Please build a safe cycle path to the school, because the cars are too fast.") is None
    )


def test_a_model_without_themes_places_nothing():
    model = group(["Lys på stien"]).model
    assert assign(model, "Lys på stien") is None
    assert assign(Model.from_bytes(model.to_bytes()), "Lys på stien") is None


@pytest.mark.parametrize("kept", [b"", b"no model", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_bytes_that_are_no_model_are_refused(kept):
    with pytest.raises(ValueError, match="model"):
        Model.from_bytes(kept)
