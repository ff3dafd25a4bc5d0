"""Numbers of the machine in words that a planner can use, and the acts of people by their names."""

from flask_babel import gettext as _
from flask_babel import ngettext

from participation.rules.plain import mark
from participation.themes.model import Run
from participation.themes.queries import UNSURE

#: From this share on, the runs agree well, or so-so, on who belongs together.
FIRM, LOOSE = 0.6, 0.35
#: From this share on a placement is called sure; under `UNSURE` unsure.
SURE = 0.5

#: What a person can do to the themes, as it is called in the history.
OPERATIONS = {
    "new": mark("nyt emne"),
    "start": mark("nyt emne af punkter"),
    "rename": mark("nyt navn"),
    "merge": mark("lagt sammen"),
    "split": mark("delt op"),
    "move": mark("punkter flyttet"),
    "pin": mark("punkter fastholdt"),
    "unpin": mark("punkter sluppet"),
    "see_also": mark("henvisning lavet"),
    "not_also": mark("henvisning fjernet"),
    "lock": mark("emne låst"),
    "unlock": mark("emne låst op"),
    "place": mark("emne flyttet"),
    "remove": mark("tomt emne fjernet"),
    "undo": mark("fortrudt"),
}


def firmness(share: float | None) -> str:
    """How well a theme of the machine's hangs together, in words; nothing where it has not said."""
    if share is None:
        return ""
    if share >= FIRM:
        return _("Hænger godt sammen.")
    return _("Hænger nogenlunde sammen.") if share >= LOOSE else _("Hænger løst sammen. Se det igennem.")


def sureness(share: float | None) -> bool | None:
    """Whether a placement is sure, unsure, or between the two (None)."""
    if share is None or UNSURE <= share < SURE:
        return None
    return share >= SURE


def run_told(run: Run) -> list[str]:
    """What a run did, in sentences."""
    facts = run.facts
    told = [ngettext("%(num)s punkt er læst.", "%(num)s punkter er læst.", run.points)]
    if facts.get("made"):
        told.append(ngettext("%(num)s nyt emne.", "%(num)s nye emner.", facts["made"]))
    if facts.get("unused"):
        told.append(_("Ingen punkter passede til: %(heads)s.", heads=", ".join(facts["unused"])))
    if facts.get("moved"):
        told.append(
            ngettext("%(num)s punkt fik en anden plads.", "%(num)s punkter fik en anden plads.", facts["moved"])
        )
    if facts.get("pinned"):
        told.append(
            ngettext(
                "%(num)s punkt blev, hvor I havde lagt det.",
                "%(num)s punkter blev, hvor I havde lagt dem.",
                facts["pinned"],
            )
        )
    if facts.get("weak"):
        told.append(_("Emnerne hænger løst sammen som helhed. Se dem igennem, før I bruger dem."))
    if facts.get("left_over"):
        told.append(
            ngettext("%(num)s punkt er endnu uden emne.", "%(num)s punkter er endnu uden emne.", facts["left_over"])
        )
    return told
