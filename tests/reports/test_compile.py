"""The white paper tells of everybody, once, and shows each reader what that reader may see."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from participation.answers.change import draft_change
from participation.answers.resume import write_resume
from participation.contributions.model import Point, Span
from participation.contributions.receive import Sender
from participation.foundation.db import db, settling
from participation.projects.model import Party, Round
from participation.reports.check import LeftOut, require_everybody
from participation.reports.compile import compile_paper
from participation.reports.kept import digest, freeze, thaw, thaw_entries
from participation.reports.paper import Section
from participation.reports.reading import read_case
from participation.rules.handling import Handling, HidingReason
from participation.rules.kinds import Capacity, ChangeCause, Kind, PaperForm, Rendition
from participation.rules.outcomes import Recommendation
from participation.rules.phases import Arrival
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.queries import counted
from tests.reports.cases import answer, hide, publish, theme

PUBLIC, CASE = Rendition.PUBLIC, Rendition.CASE
BOARD = Sender(organisation="Lokaludvalg Nord", capacity=Capacity.LOCAL_COMMITTEE)
OUT_OF_SCOPE = {"recommendation": Recommendation.OUT_OF_SCOPE, "reason": "Vejen er privat."}


def test_eight_letters_are_told_one_by_one_with_their_replies(planner: Actor, hearing: Round, now) -> None:
    letters = receive(hearing, *(f"Flyt overgangen {number} meter." for number in range(1, 9)))
    publish(*letters)
    answer(planner, *letters)
    paper = compile_paper(hearing.project, PUBLIC, now=now)
    assert paper.form is PaperForm.BY_CONTRIBUTION
    assert [line.number for line in paper.lines] == list(range(1, 9))
    assert all(line.words == letter.words for line, letter in zip(paper.lines, letters, strict=True))
    assert {line.rows[0].reply.recommendation for line in paper.lines} == {Recommendation.ACCOMMODATED}


def test_a_split_letter_has_a_row_for_each_point_with_its_own_words(planner: Actor, hearing: Round, now) -> None:
    (letter,) = receive(hearing, "Mere lys. Mindre støj.")
    publish(letter)
    with settling():
        first = letter.points[0]
        first.spans[0].end = 9
        second = Point(project_id=letter.project_id, contribution_id=letter.id, position=2, made_at=now)
        second.spans = [Span(text_id=letter.texts[0].id, start=10, end=22)]
        db.session.add(second)
    answer(planner, first, words="Lampen kommer.")
    answer(planner, second, words="Nej.", recommendation=Recommendation.NOT_ACCOMMODATED, reason="Vejen er statens.")
    (line,) = compile_paper(hearing.project, PUBLIC, now=now).lines
    assert [row.quotes for row in line.rows] == [("Mere lys.",), ("Mindre støj.",)]
    assert line.rows[1].reply.reason == "Vejen er statens."


def test_a_yes_has_its_prefilled_reason(planner: Actor, hearing: Round, now) -> None:
    """L6: each recommendation stands with a reason."""
    answer(planner, *receive(hearing, "Ja tak."), reason="")
    (line,) = compile_paper(hearing.project, PUBLIC, now=now).lines
    assert line.rows[0].reply.reason == "Vi er enige og retter forslaget til."


def test_near_identical_letters_are_told_once_with_all_their_numbers(planner: Actor, hearing: Round, now) -> None:
    """T2: one text, many senders."""
    from participation.contributions.model import Campaign

    letters = receive(hearing, *["Bevar lindetræerne!"] * 4, "Noget helt andet.")
    publish(*letters)
    with settling():
        campaign = Campaign(project_id=hearing.project_id, title="Lindetræer", size=4, evidence=[], found_at=now)
        db.session.add(campaign)
        db.session.flush()
        for letter in letters[:4]:
            letter.campaign_id = campaign.id
        main = theme(hearing.project, "Træer", *letters[:4])
    answer(planner, main)
    answer(planner, letters[4])
    paper = compile_paper(hearing.project, PUBLIC, PaperForm.BY_CONTRIBUTION, now=now)
    assert [(line.number, line.also) for line in paper.lines] == [(1, (2, 3, 4)), (5, ())]
    assert [(alike.numbers, alike.words) for alike in paper.alike] == [((1, 2, 3, 4), "Bevar lindetræerne!")]


# -- who may read what ------------------------------------------------------------------------------------------------


def test_public_shows_published_words_only_and_the_case_shows_all(planner: Actor, hearing: Round, now) -> None:
    shown, waiting, hidden, unlawful = receive(hearing, "Vist.", "Ikke set.", "Min nabo drikker.", "Forbudt ord.")
    publish(shown)
    hide(hidden, HidingReason.OTHER_PERSONS)
    hide(unlawful, HidingReason.UNLAWFUL)
    answer(planner, shown, waiting, hidden, unlawful)
    public, case = (compile_paper(hearing.project, of, now=now) for of in (PUBLIC, CASE))
    assert [entry.words for entry in public.entries] == ["Vist.", "", "", ""]
    assert [entry.words for entry in case.entries] == ["Vist.", "Ikke set.", "Min nabo drikker.", ""]
    assert public.numbers(Section.HIDDEN) == (3, 4)
    assert case.numbers(Section.HIDDEN) == (4,)
    assert public.entries[2].hidden_reason is HidingReason.OTHER_PERSONS


def test_a_hidden_letter_keeps_its_recommendation_but_not_the_remarks(planner: Actor, hearing: Round, now) -> None:
    """L6: a hidden contribution is not left out; what the planner wrote may repeat what was hidden."""
    (hidden,) = receive(hearing, "Min nabo drikker.")
    hide(hidden, HidingReason.OTHER_PERSONS)
    answer(planner, hidden, words="Din nabo drikker, skriver du.")
    with settling():
        write_resume(planner, hidden, "Naboen drikker.", now=now)
    (entry,) = compile_paper(hearing.project, PUBLIC, now=now).entries
    assert (entry.resume, entry.rows[0].reply.words) == ("", "")
    assert entry.rows[0].reply.recommendation is Recommendation.ACCOMMODATED


def test_names_stand_in_public_by_the_rule_and_always_for_the_council(planner: Actor, hearing: Round, now) -> None:
    """P2: a private citizen only on own wish, organisations always; an address nowhere."""
    senders = [
        Sender(name="Bo Hansen", address="Gåsestien 8, 9999 Engelund"),
        Sender(name="Ida Holm", show_name=True),
        Sender(name="Kaj Lund", organisation="Engelund Cyklister", capacity=Capacity.ASSOCIATION),
    ]
    letters = [letter for sender in senders for letter in receive(hearing, f"Fra {sender.name[:2]}", sender=sender)]
    publish(*letters)
    answer(planner, *letters)
    public, case = (compile_paper(hearing.project, of, now=now) for of in (PUBLIC, CASE))
    assert [entry.sender for entry in public.entries] == ["", "Ida Holm", "Engelund Cyklister"]
    assert [entry.sender for entry in case.entries] == ["Bo Hansen", "Ida Holm", "Engelund Cyklister, Kaj Lund"]
    assert all("Gåsestien".encode() not in part for paper in (public, case) for part in freeze(paper))


def test_postal_districts_with_few_senders_are_counted_together(hearing: Round, now) -> None:
    """P3: nobody is singled out."""
    for number in range(5):
        receive(hearing, f"Svar {number}", sender=Sender(address=f"Møllevej {number}, 3460 Birkelund"))
    receive(hearing, "Alene", sender=Sender(address="Skoven 1, 4000 Sandby"))
    figures = compile_paper(hearing.project, PUBLIC, now=now).figures
    assert (figures.areas, figures.elsewhere) == ((("3460", 5),), 1)


# -- where each stands ------------------------------------------------------------------------------------------------


def test_each_stands_in_one_section(planner: Actor, hearing: Round, now) -> None:
    """L6: also late, hidden, duplicate and withdrawn ones."""
    letters = receive(hearing, *(f"Svar {number}" for number in range(1, 9)))
    publish(*letters[:2])
    with settling():
        letters[1].arrival = Arrival.LATE
        letters[2].arrival = Arrival.AFTER_REPORT
        letters[3].arrival = Arrival.AFTER_DECISION
        letters[4].duplicate_of_id = letters[0].id
        letters[5].kind = Kind.QUESTION
        letters[6].handling, letters[6].withdrawn_at = Handling.WITHDRAWN, now
        letters[7].handling, letters[7].hidden_reason = Handling.HIDDEN, HidingReason.THREATS
    paper = compile_paper(hearing.project, PUBLIC, now=now)
    assert dict(paper.sections) == {
        Section.BODY: (1,),
        Section.LATE: (2,),
        Section.ADDENDUM: (3,),
        Section.AFTERWARDS: (4,),
        Section.DUPLICATE: (5,),
        Section.QUESTION: (6,),
        Section.WITHDRAWN: (7,),
        Section.HIDDEN: (8,),
    }
    assert paper.entries[6].words == ""
    assert paper.figures.received == 7


SECTIONS = st.lists(
    st.tuples(
        st.sampled_from(Handling),
        st.sampled_from(Arrival),
        st.sampled_from([Kind.RESPONSE, Kind.RESPONSE, Kind.QUESTION]),
        st.sampled_from(HidingReason),
        st.integers(0, 3),
        st.booleans(),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=SECTIONS)
def test_nobody_is_left_out_whatever_the_mixture(planner: Actor, hearing: Round, now, kinds) -> None:
    """L6: every contribution and every point exactly once in both renditions and both forms; counts add up."""
    numbers = []
    letters = receive(hearing, *(f"Ord {place}" for place in range(len(kinds))))
    with settling():
        themes = [theme(hearing.project, title) for title in ("Trafik", "Lys", "Støj")]
        for letter, (handling, arrival, kind, reason, place, duplicate) in zip(letters, kinds, strict=True):
            numbers.append(letter.number)
            letter.handling, letter.arrival, letter.kind = handling, arrival, kind
            letter.hidden_reason = reason if handling is Handling.HIDDEN else None
            letter.withdrawn_at = now if handling is Handling.WITHDRAWN else None
            letter.duplicate_of_id = letters[0].id if duplicate and letter is not letters[0] else None
            if place < 3:
                theme(hearing.project, themes[place], letter)
    for rendition in Rendition:
        for form in PaperForm:
            paper = compile_paper(hearing.project, rendition, form, now=now)
            told = [number for _section, group in paper.sections for number in group]
            assert sorted(told) == list(range(1, hearing.project.last_number + 1))
            assert [entry.number for entry in paper.entries] == sorted(told)
            assert set(numbers) <= set(told)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda paper: replace(paper, entries=paper.entries[:-1]),
        lambda paper: replace(paper, entries=(*paper.entries, paper.entries[0])),
        lambda paper: replace(paper, sections=()),
        lambda paper: replace(paper, entries=tuple(replace(entry, rows=()) for entry in paper.entries)),
        lambda paper: replace(paper, headings=()),
        lambda paper: replace(paper, headings=paper.headings * 2),
        lambda paper: replace(paper, figures=replace(paper.figures, received=7)),
    ],
    ids=["one missing", "one twice", "no sections", "no rows", "no topics", "topics twice", "wrong count"],
)
def test_a_paper_that_leaves_somebody_out_is_refused(planner: Actor, hearing: Round, now, spoil) -> None:
    """L6: asserted in code, so that no fault of ours can publish such a paper."""
    letters = receive(hearing, "Mere lys.", "Mindre støj.")
    with settling():
        theme(hearing.project, "Lys", *letters)
    paper = compile_paper(hearing.project, PUBLIC, PaperForm.BY_TOPIC, now=now)
    with pytest.raises(LeftOut):
        require_everybody(spoil(paper), read_case(hearing.project))


# -- pr. emne ---------------------------------------------------------------------------------------------------------


def test_topics_carry_counts_numbers_quotes_and_their_reply(planner: Actor, hearing: Round, now) -> None:
    citizens = receive(hearing, "Sæt farten ned ved skolen, tak.", "Farten er alt for høj på Møllevej.")
    (board,) = receive(
        hearing,
        "Vi støtter lavere fart.",
        sender=BOARD,
    )
    publish(*citizens, board)
    with settling():
        above = theme(hearing.project, "Trafik")
        speed = theme(hearing.project, "Fart", *citizens, board, parent=above)
    answer(planner, speed, words="Vi sætter farten ned.")
    paper = compile_paper(hearing.project, PUBLIC, now=now)
    assert paper.form is PaperForm.BY_TOPIC
    ((heading,), (topic,)) = paper.headings, paper.headings[0].topics
    assert (heading.title, topic.title, topic.numbers) == ("Trafik", "Fart", (1, 2, 3))
    assert topic.counts == ((Capacity.CITIZEN, 2), (Capacity.LOCAL_COMMITTEE, 1))
    assert [quote.number for quote in topic.quotes] == [1, 2, 3]
    assert topic.reply.words == "Vi sætter farten ned."
    assert topic.own == ()


def test_a_point_with_an_answer_of_its_own_stands_under_its_topic_with_it(planner: Actor, hearing: Round, now) -> None:
    """RE-08: an individual text on top of the group's answer."""
    letters = receive(hearing, "Mere lys på stien.", "Lys ved min port.")
    publish(*letters)
    with settling():
        light = theme(hearing.project, "Lys", *letters)
    answer(planner, light, words="Der kommer lys.")
    answer(
        planner,
        letters[1].points[0],
        words="Porten er privat.",
        recommendation=Recommendation.OUT_OF_SCOPE,
        reason="Privat vej.",
    )
    topic = compile_paper(hearing.project, PUBLIC, now=now).headings[0].topics[0]
    assert [(own.number, own.reply.words) for own in topic.own] == [(2, "Porten er privat.")]


def test_a_point_without_a_topic_stands_alone_and_is_not_dropped(planner: Actor, hearing: Round, now) -> None:
    first, _other = receive(hearing, "Mere lys.", "Noget helt andet.")
    with settling():
        theme(hearing.project, "Lys", first)
    paper = compile_paper(hearing.project, CASE, now=now)
    assert [own.number for own in paper.alone] == [2]
    assert (paper.method.points, paper.method.left_over) == (2, 1)


def test_a_hidden_letter_counts_under_its_topic_but_is_never_quoted(planner: Actor, hearing: Round, now) -> None:
    shown, hidden = receive(hearing, "Mere lys.", "Hemmeligt ord.")
    publish(shown)
    hide(hidden, HidingReason.PERSONAL_DATA)
    with settling():
        light = theme(hearing.project, "Lys", shown, hidden)
    answer(planner, light)
    paper = compile_paper(hearing.project, PUBLIC, now=now)
    assert paper.headings[0].topics[0].numbers == (1, 2)
    assert all(b"Hemmeligt" not in part for part in freeze(paper))


def test_views_that_few_hold_are_listed(planner: Actor, hearing: Round, now) -> None:
    """T26: the smallest groups are never drowned by the large ones."""
    letters = receive(hearing, *["Mere lys."] * 3, "Tænk på flagermusene.")
    publish(*letters)
    with settling():
        theme(hearing.project, "Lys", *letters[:3])
        theme(hearing.project, "Dyreliv", letters[3])
    paper = compile_paper(hearing.project, PUBLIC, now=now)
    assert [(quote.number, quote.words) for quote in paper.few] == [(4, "Tænk på flagermusene.")]


# -- Her skal I vælge -------------------------------------------------------------------------------------------------


def test_a_no_to_many_and_a_no_to_a_council_are_choices(planner: Actor, hearing: Round, now) -> None:
    many = receive(hearing, *(f"Bevar parkeringen {number}." for number in range(5)))
    (council,) = receive(
        hearing, "– Gør stien bredere.", sender=Sender(organisation="Ældrerådet", capacity=Capacity.COUNCIL)
    )
    (one,) = receive(hearing, "Mal skolen blå.")
    no = {"recommendation": Recommendation.NOT_ACCOMMODATED, "reason": "Der er ikke plads."}
    with settling():
        parking = theme(hearing.project, "Parkering", *many)
    answer(planner, parking, **no)
    answer(planner, council, one, **no)
    choices = compile_paper(hearing.project, CASE, PaperForm.BY_TOPIC, now=now).choices
    assert [(choice.numbers, choice.why) for choice in choices] == [((1, 2, 3, 4, 5), "many"), ((6,), "body")]
    assert choices[1].title == "Gør stien bredere."


# -- the case ---------------------------------------------------------------------------------------------------------


def test_changes_carry_the_numbers_that_caused_them(planner: Actor, hearing: Round, now) -> None:
    letters = receive(hearing, "Flyt den.", "Ja, flyt den.")
    kept = answer(planner, *letters)
    with settling():
        draft_change(planner, hearing.project, None, place="§ 4.1", before="Ved tanken", after="Ved kirken",
                     cause=ChangeCause.CONTRIBUTION, answer_ids=[one.id for one in kept], now=now)  # fmt: skip
    paper = compile_paper(hearing.project, PUBLIC, now=now)
    assert [(change.place, change.numbers) for change in paper.changes] == [("§ 4.1", (1, 2))]
    assert paper.lines[0].rows[0].reply.changes == (1,)


def test_the_facts_tell_level_law_period_frame_and_who_decides(hearing: Round, now) -> None:
    with settling():
        hearing.legal_basis = "planloven-24-5"
        hearing.project.history = "Byrådet sendte forslaget i høring 12. maj."
        db.session.add(
            Party(project_id=hearing.project_id, name="Ældrerådet", capacity=Capacity.COUNCIL, invited_at=now)
        )
    paper = compile_paper(hearing.project, PUBLIC, now=now)
    (period,) = paper.facts.periods
    assert (period.basis, period.section) == ("Lokalplan", "planloven § 24, stk. 5")
    assert paper.facts.open == ("Hvor overgangen ligger",)
    assert paper.facts.fixed[0].source == "Byrådet, 12. maj"
    assert paper.facts.history.startswith("Byrådet sendte")
    assert paper.invited[0].invited_on == now.date()
    assert paper.assessment is not None
    assert paper.assessment.changed is None


def test_a_hearing_without_answers_has_a_paper(hearing: Round, now) -> None:
    paper = compile_paper(hearing.project, PUBLIC, now=now)
    assert paper.nobody_wrote
    assert paper.figures.received == 0


# -- frozen -----------------------------------------------------------------------------------------------------------


def test_a_frozen_paper_reads_back_as_it_was_page_by_page(planner: Actor, hearing: Round, now) -> None:
    import io

    letters = receive(hearing, *(f"Nr. {number}: æøå 😀\r\n\u2028slut" for number in range(30)))
    publish(*letters)
    answer(planner, *letters)
    paper = compile_paper(hearing.project, PUBLIC, now=now)
    frozen = freeze(paper)
    read = thaw(frozen.paper)
    assert [(leaf.first, leaf.last) for leaf in read.leaves] == [(1, 25), (26, 30)]
    pages = [thaw_entries(io.BytesIO(frozen.entries), leaf) for leaf in read.leaves]
    assert tuple(entry for page in pages for entry in page) == paper.entries
    assert replace(read, entries=paper.entries, leaves=()) == paper
    assert digest(paper) == digest(compile_paper(hearing.project, PUBLIC, now=now + timedelta(days=3)))


def test_the_queries_do_not_grow_with_the_contributions(planner: Actor, hearing: Round, now) -> None:
    def asked() -> int:
        slug = hearing.project.slug
        with counted() as queries:
            from participation.projects.model import Project

            project = db.session.scalar(sa.select(Project).where(Project.slug == slug))
            compile_paper(project, CASE, PaperForm.BY_TOPIC, now=now)
        db.session.add(hearing)
        return len(queries)

    letters = receive(hearing, "Et svar.")
    with settling():
        theme(hearing.project, "Alt", *letters)
    answer(planner, *letters)
    first = asked()
    letters = receive(hearing, *(f"Svar {number}" for number in range(30)))
    with settling():
        theme(hearing.project, "Mere", *letters[:20])
    answer(planner, *letters[20:])
    assert asked() == first
    assert first <= 33
