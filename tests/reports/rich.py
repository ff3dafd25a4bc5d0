"""One rich case for looking at a white paper: topics, a council, a campaign, a split letter, late and hidden ones."""

from datetime import timedelta

from participation.answers.change import draft_change
from participation.answers.resume import write_resume
from participation.contributions.model import Campaign, Contribution
from participation.contributions.receive import Sender
from participation.foundation.db import db, settling
from participation.projects.model import Meeting, Notice, Party, Round
from participation.reports.model import PaperDraft
from participation.rules.handling import Handling, HidingReason
from participation.rules.kinds import Capacity, ChangeCause, Kind, NoticeKind, PaperForm
from participation.rules.outcomes import Recommendation
from participation.rules.phases import Arrival
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.persons import NOW
from tests.reports.cases import answer, hide, publish, read, theme

BOARD = Sender(name="Karen Vang", organisation="Lokaludvalg Nord", capacity=Capacity.LOCAL_COMMITTEE)
COUNCIL = Sender(organisation="Ældrerådet", capacity=Capacity.COUNCIL)
HIDDEN_WORDS = "Naboen i nummer fire drikker og råber ad børnene."


def rich_case(planner: Actor, round_: Round) -> list[Contribution]:
    """Everything a white paper can tell, in a dozen letters; all answered and read."""
    project = round_.project
    letters = receive(
        round_,
        "Overgangen skal ligge ved kirken, ikke ved tanken. Der er længere udsyn, og børnene går der i forvejen.",
        "Sæt farten ned til 40 km/t hele vejen fra Engparken til skolen. Bilerne kører alt for stærkt.",
        "Jeg er ni år. Jeg tør ikke cykle over Møllevej om morgenen.\n\nHilsen Alma",
        *(f"Bevar lindetræerne langs Møllevej! De er hundrede år gamle. Hilsen nr. {number}" for number in range(1, 7)),
    )
    letters += receive(round_, "Udvalget støtter overgangen, men vil have 25 pladser til cykler ved den.", sender=BOARD)
    letters += receive(round_, "Rådet beder om bænke for hver 100 meter og om lys, der ikke blænder.", sender=COUNCIL)
    letters += receive(
        round_, "Tænk på flagermusene i hulvejen, når I sætter lys op.", sender=Sender(name="Ida Holm", show_name=True)
    )
    hidden, late, question, twin, gone = receive(
        round_, HIDDEN_WORDS, "Jeg så det først nu: støj fra busserne er det værste.", "Hvornår bliver der bygget?",
        "Sæt farten ned til 40 km/t hele vejen fra Engparken til skolen. Bilerne kører alt for stærkt.", "Glem det.",
    )  # fmt: skip
    publish(*letters, late, question)
    hide(hidden, HidingReason.OTHER_PERSONS)
    with settling():
        late.arrival, question.kind = Arrival.LATE, Kind.QUESTION
        twin.duplicate_of_id = letters[1].id
        gone.handling, gone.withdrawn_at = Handling.WITHDRAWN, NOW
        project.withdrawn_count += 1
        trees = Campaign(project_id=project.id, title="Bevar lindetræerne", size=6, evidence=[], found_at=NOW)
        db.session.add(trees)
        db.session.flush()
        for letter in letters[3:9]:
            letter.campaign_id = trees.id
        project.history = "Byrådet sendte forslaget i høring 12. maj. Tre partier ville vente på en trafiktælling."
        round_.legal_basis = "planloven-24-5"
        asked = NOW - timedelta(days=29)
        project.parties = [
            Party(name="Lokaludvalg Nord", capacity=Capacity.LOCAL_COMMITTEE, invited_at=asked, answered_at=NOW),
            Party(name="Ældrerådet", capacity=Capacity.COUNCIL, invited_at=asked, answered_at=NOW),
            Party(name="Menighedsrådet", capacity=Capacity.COUNCIL, invited_at=asked, reminded_at=NOW),
        ]
        project.meetings = [
            Meeting(title="Borgermøde på skolen", starts_at=NOW - timedelta(days=12), place="Engskolen, aulaen",
                    attendance=64, minutes="Mange spurgte til farten. Vi lovede at tælle biler igen."),
        ]  # fmt: skip
        project.notices = [
            Notice(
                kind=NoticeKind.CORRECTION,
                at=NOW - timedelta(days=8),
                words="Kortbilag 2 viste den forkerte side af vejen.",
            ),
        ]
        db.session.add(
            PaperDraft(
                project_id=project.id, form=PaperForm.BY_TOPIC, written_at=NOW, materially_changed=False,
                overall="Forvaltningen indstiller, at overgangen flyttes til kirken, og at resten vedtages.",
                materially_changed_reason="Overgangen flyttes 80 meter på kommunens egen jord.",
            )
        )  # fmt: skip
        traffic = theme(project, "Trafik og mobilitet")
        place = theme(project, "Placering af overgangen", letters[0], letters[2], letters[9], parent=traffic)
        speed = theme(project, "Fart på skolevejen", letters[1], hidden, parent=traffic)
        green = theme(project, "Træer og natur")
        lindens = theme(project, "Lindetræerne", *letters[3:9], parent=green)
        theme(project, "Lys og dyreliv", letters[10], letters[11], parent=green)
    no = {
        "recommendation": Recommendation.NOT_ACCOMMODATED,
        "reason": "Rødderne løfter stien, og to af træerne er syge.",
    }
    (moved,) = answer(planner, place, words="Vi flytter overgangen hen til kirken, hvor der er 140 meters udsyn.")
    answer(planner, speed, words="Politiet har sagt ja til 40 km/t.", reason="Farten måles til 57 km/t i dag.")
    answer(
        planner,
        lindens,
        words="Fire af de ti træer bliver stående. Seks bliver fældet.",
        alternative="Vi planter tolv nye lindetræer.",
        **no,
    )
    answer(planner, letters[9].points[0], words="Der er plads til 14 cykler.", recommendation=Recommendation.PARTLY,
           reason="Kirkens mur står i vejen for flere.", alternative="Stativer bag hallen.")  # fmt: skip
    answer(planner, letters[10], words="Der kommer fire bænke og lys med afskærmning.")
    answer(planner, letters[11], words="Lyset dæmpes i hulvejen fra maj til august.")
    answer(planner, late, words="Busserne bliver elektriske i 2028.", recommendation=Recommendation.ALREADY)
    answer(planner, question, words="Vi regner med foråret 2028.", recommendation=Recommendation.ANSWERED)
    with settling():
        write_resume(planner, place, "Flere vil have overgangen flyttet hen til kirken.", now=NOW)
        write_resume(planner, letters[0], "Vil have overgangen ved kirken.", now=NOW)
        draft_change(planner, project, None, place="§ 4.1 og kortbilag 2", before="Overgangen ligger ud for tanken.",
                     after="Overgangen ligger ud for kirken.",
            cause=ChangeCause.CONTRIBUTION, answer_ids=[moved.id], now=NOW)  # fmt: skip
        draft_change(planner, project, None, place="Side 14", before="Møllvej", after="Møllevej",
                     cause=ChangeCause.OWN_CORRECTION, now=NOW)  # fmt: skip
    read(*letters, hidden, late, question, twin, gone)
    return [*letters, hidden, late, question, twin, gone]
