"""What a planner adds to the compiled facts."""

import pytest

from participation.foundation.db import settling
from participation.foundation.forms import Wrong
from participation.reports.compile import compile_paper
from participation.reports.draft import Added, Overwrites, draft_paper
from participation.rules.kinds import PaperForm, Rendition
from participation.rules.policy import NotAllowed

ONE = PaperForm.BY_CONTRIBUTION


def test_the_overall_recommendation_and_the_assessment_stand_in_the_paper(planner, hearing, later) -> None:
    with settling():
        hearing.legal_basis = "planloven-24-5"
    added = Added(ONE, "Vedtag forslaget.", materially_changed=False, materially_changed_reason="Kun på egen jord.")
    with settling():
        draft_paper(planner, hearing.project, added, now=later)
    paper = compile_paper(hearing.project, Rendition.PUBLIC, now=later)
    assert paper.overall == "Vedtag forslaget."
    assert (paper.assessment.changed, paper.assessment.reason) == (False, "Kun på egen jord.")


def test_a_colleagues_version_is_never_overwritten(planner, hearing, later) -> None:
    with settling():
        draft_paper(planner, hearing.project, Added(ONE, "Min kollegas."), now=later)
    with pytest.raises(Overwrites) as theirs, settling():
        draft_paper(planner, hearing.project, Added(ONE, "Min."), now=later)
    assert theirs.value.theirs.overall == "Min kollegas."


def test_the_same_again_is_no_new_version(planner, hearing, later) -> None:
    with settling():
        first = draft_paper(planner, hearing.project, Added(ONE, "Vedtag det."), now=later).version
    with settling():
        assert draft_paper(planner, hearing.project, Added(ONE, "Vedtag det."), now=later).version == first


def test_a_yes_or_no_under_the_law_has_its_reason(planner, hearing, later) -> None:
    """Planloven § 27(2)."""
    with pytest.raises(Wrong), settling():
        draft_paper(planner, hearing.project, Added(ONE, materially_changed=True), now=later)


def test_others_and_other_times_are_refused(other_planner, planner, hearing, now, later) -> None:
    for actor, at in ((other_planner, later), (planner, now)):
        with pytest.raises(NotAllowed), settling():
            draft_paper(actor, hearing.project, Added(ONE), now=at)
