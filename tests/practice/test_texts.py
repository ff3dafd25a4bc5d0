"""The practice municipality reads like several hundred people, agrees with itself, and names nobody who lives."""

import json
import re
import tomllib
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

PRACTICE = Path(__file__).parents[2] / "participation" / "practice"
SLUGS = {
    "ny-skolevej-ved-engparken": ("open", 48),
    "en-park-til-alle-aldre": ("open", 65),
    "trafikplan-nord": ("weighing", 328),
    "lokalplan-117-havnegrunden": ("reported", 8),
    "naboorientering-carport-lindevej": ("closed", 3),
    "nye-affaldsspande": ("open", 3),
    "kommuneplantillaeg-9-vindmoeller": ("announced", 0),
    "boernepolitik": ("closed", 14),
    "hastighed-i-bakkebyen": ("weighing", 0),
    "skolestruktur-2027": ("announced", 0),
}
ANSWERED = {"lokalplan-117-havnegrunden", "naboorientering-carport-lindevej", "boernepolitik"}
CAPACITIES = {"citizen", "business", "association", "authority", "local_committee", "council", "neighbour"}
CHANNELS = {"web", "email", "letter", "phone", "counter", "meeting"}
RECOMMENDATIONS = {
    *("accommodated", "partly", "already", "further_work", "passed_on"),
    *("out_of_scope", "support_noted", "answered", "not_accommodated"),
}
CONTRIBUTION_KEYS = {
    *("day", "time", "text", "kind", "capacity", "name", "organisation", "email", "channel", "language", "stance"),
    *(
        "show_name",
        "on_behalf_of",
        "on_behalf_of_email",
        "companion",
        "companion_email",
        "place",
        "lat",
        "lon",
        "on_map",
        "corners",
        "paragraphs",
        "need",
        "wish",
        "alternative",
        "help_offer",
        "change",
        "material_place",
    ),
    *("registered_by", "late", "withdrawn", "parent", "supports", "campaign"),
}
MINIMUM_DAYS = {"planloven-24-3": 56, "planloven-24-5": 28, "planloven-20": 14, "skole-700": 56, "none": 0}
WAIT_BEFORE_COUNCIL = {"planloven-24-3": 28, "planloven-24-5": 28, "skole-700": 28}
PUBLISHED_TEST_NUMBERS = {"251248-9996", "010165-0000"}


def read(path: Path) -> dict:
    return tomllib.loads(path.read_text("utf-8"))


def contributions(slug: str) -> list[dict]:
    single = PRACTICE / "contributions" / f"{slug}.toml"
    numbered = sorted((PRACTICE / "contributions").glob(f"{slug}-[0-9].toml"))
    return [c for path in ([single] if single.exists() else numbered) for c in read(path)["contribution"]]


MUNICIPALITY = read(PRACTICE / "municipality.toml")
PROJECTS = {(p := read(path))["slug"]: p for path in sorted((PRACTICE / "projects").glob("*.toml"))}
ANSWERS = {path.stem: read(path) for path in sorted((PRACTICE / "answers").glob("*.toml"))}
SAID = {slug: contributions(slug) for slug in PROJECTS}
EVERYBODY = [c for said in SAID.values() for c in said]
OWN_WORDS = [c for c in EVERYBODY if "campaign" not in c]
FILES = [p for p in sorted(PRACTICE.rglob("*")) if p.suffix in (".toml", ".md")]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def shingles(text: str, size: int = 4) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + size]) for i in range(len(found) - size + 1)}


def lix(text: str) -> float:
    """Björnsson's readability: words a sentence plus the percentage of words of seven letters or more."""
    found = words(text)
    sentences = len(re.findall(r"[.!?:](?=\s|$)", text)) or 1
    return len(found) / sentences + 100 * sum(len(w) > 6 for w in found) / len(found)


def test_ten_projects_stand_in_the_phases_and_numbers_agreed():
    assert {slug: (p["phase"], len(SAID[slug])) for slug, p in PROJECTS.items()} == SLUGS


def test_the_files_hold_nothing_that_no_project_claims():
    stems = {re.sub(r"-\d$", "", p.stem) for p in (PRACTICE / "contributions").glob("*.toml")}
    assert stems | set(ANSWERS) <= set(PROJECTS)


def test_staff_hold_every_role_and_one_department_has_one_person():
    roles = Counter(role for person in MUNICIPALITY["person"] for role in person["roles"])
    assert roles["planner"] >= 2
    assert roles["leader"] >= 2
    assert roles["clerk"] >= 1
    assert roles["councillor"] >= 3
    assert roles["administrator"] >= 1
    staffed = Counter(person.get("department") for person in MUNICIPALITY["person"])
    alone = [p for p in MUNICIPALITY["person"] if {"planner", "leader"} <= set(p["roles"])]
    assert any(staffed[p["department"]] == 1 for p in alone)


@pytest.mark.parametrize("project", PROJECTS.values(), ids=PROJECTS)
def test_a_project_names_only_departments_people_and_parties_that_exist(project):
    assert project["department"] in {d["key"] for d in MUNICIPALITY["department"]}
    planner = next(p for p in MUNICIPALITY["person"] if p["key"] == project["planner"])
    assert "planner" in planner["roles"]
    assert planner["department"] == project["department"]
    assert set(project["parties"]) <= {p["key"] for p in MUNICIPALITY["party"]}


@pytest.mark.parametrize("project", PROJECTS.values(), ids=PROJECTS)
def test_a_project_has_all_that_announcing_demands(project):
    kinds = {line["kind"] for line in project["influence"]}
    assert kinds == {"open", "fixed"}
    assert project["for_me"]
    assert project["level_reason"]
    assert project["step"]
    fixed = [line for line in project["influence"] if line["kind"] == "fixed"]
    assert all(line["source"] and line["type"] in {"political", "economic", "legal", "technical"} for line in fixed)


@pytest.mark.parametrize("project", PROJECTS.values(), ids=PROJECTS)
def test_a_summary_is_at_most_five_easy_sentences(project):
    assert len(re.findall(r"[.!?](?=\s|$)", project["summary"])) <= 5
    assert lix(project["summary"]) <= 35


@pytest.mark.parametrize("project", PROJECTS.values(), ids=PROJECTS)
def test_a_round_is_as_long_as_its_law_demands(project):
    for round_ in project["round"]:
        assert round_["last_day"] - round_["opens"] >= MINIMUM_DAYS[round_["legal_basis"]]
        councils = [s["day"] for s in project["step"] if s["kind"] == "council"]
        wait = WAIT_BEFORE_COUNCIL.get(round_["legal_basis"], 0)
        assert all(day - round_["last_day"] > wait for day in councils if wait)


@pytest.mark.parametrize("project", PROJECTS.values(), ids=PROJECTS)
def test_what_is_past_has_a_result_and_what_is_to_come_has_none(project):
    for step in project["step"]:
        assert ("result" in step) == (step["day"] < 0)
    for meeting in project.get("meeting", []):
        assert ("minutes" in meeting) == (meeting["day"] < 0)


@pytest.mark.parametrize("slug", PROJECTS)
def test_a_contribution_lies_inside_its_round_or_says_that_it_is_late(slug):
    first, last = PROJECTS[slug]["round"][0]["opens"], PROJECTS[slug]["round"][0]["last_day"]
    for c in SAID[slug]:
        assert first <= c["day"] < 0
        assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", c["time"])
        assert c.get("late", False) == (c["day"] > last), c["text"]
        assert c["day"] <= c.get("withdrawn", -1) < 0


def test_a_contribution_uses_only_the_keys_that_the_readme_explains():
    readme = (PRACTICE / "README.md").read_text("utf-8")
    assert {key for c in EVERYBODY for key in c} <= CONTRIBUTION_KEYS
    assert all(f"`{key}`" in readme for key in CONTRIBUTION_KEYS - {"lon", "time", "text"})


def test_an_officer_stands_behind_every_call_and_every_counter_note():
    keys = {p["key"] for p in MUNICIPALITY["person"]}
    for c in EVERYBODY:
        assert (c.get("registered_by") in keys) == (c.get("channel") in {"phone", "counter", "meeting"}), c["text"]


def test_bodies_are_named_and_all_capacities_channels_and_stances_occur():
    assert {c.get("capacity", "citizen") for c in EVERYBODY} == CAPACITIES
    assert {c.get("channel", "web") for c in EVERYBODY} == CHANNELS
    assert {c.get("stance", "none") for c in EVERYBODY} == {"for", "against", "mixed", "none"}
    assert {"da", "en", "de", "pl", "ar", "uk"} == {c.get("language", "da") for c in EVERYBODY}
    bodies = CAPACITIES - {"citizen", "neighbour"}
    assert all(c["organisation"] for c in EVERYBODY if c.get("capacity") in bodies)


def test_positions_lie_in_the_sea_off_no_real_town():
    placed = [(c["lat"], c["lon"]) for c in EVERYBODY if "lat" in c]
    placed += [(lat, lon) for c in EVERYBODY for lon, lat in c.get("corners", [])]
    maps = [json.loads(path.read_text("utf-8")) for path in PRACTICE.glob("maps/*.geojson")]
    spots = [one["geometry"] for map_ in maps for one in map_["features"] if one["geometry"]["type"] == "Point"]
    placed += [(lat, lon) for lon, lat in (spot["coordinates"] for spot in spots)]
    assert len(placed) >= 30
    assert all(56.37 < lat < 56.52 and 11.17 < lon < 11.31 for lat, lon in placed)


def test_comments_belong_to_proposals():
    park = SAID["en-park-til-alle-aldre"]
    assert sum(c["kind"] == "proposal" for c in park) == 41
    for c in park:
        assert ("parent" in c) == (c["kind"] == "comment")
        assert "parent" not in c or park[c["parent"] - 1]["kind"] == "proposal"


def test_people_open_their_letters_in_their_own_way():
    openings = Counter(tuple(words(c["text"])[:3]) for c in OWN_WORDS if len(words(c["text"])) >= 8)
    assert [opening for opening, count in openings.items() if count > 3] == []


def test_no_two_letters_are_alike_except_the_campaign():
    pairs = combinations([(c["text"], shingles(c["text"])) for c in OWN_WORDS if len(words(c["text"])) >= 8], 2)
    alike = [(a, b) for (a, x), (b, y) in pairs if len(x & y) / min(len(x), len(y)) > 0.2]
    assert alike == []


def test_the_campaign_is_one_letter_in_forty_hands():
    letters = [c for c in EVERYBODY if "campaign" in c]
    pattern = shingles(letters[0]["text"])
    assert len(letters) == 40 == len({c["text"] for c in letters})
    assert all(len(shingles(c["text"]) & pattern) / len(shingles(c["text"])) > 0.3 for c in letters)


def test_letters_are_one_line_and_many_pages():
    lengths = [len(c["text"].split()) for c in SAID["trafikplan-nord"]]
    assert sum(n < 10 for n in lengths) >= 20
    assert sum(60 <= n <= 250 for n in lengths) >= 80
    assert sum(n >= 500 for n in lengths) >= 15
    assert max(lengths) >= 900


def test_every_answer_quotes_its_contribution_to_the_letter():
    for slug, file in ANSWERS.items():
        for answer in file["answer"]:
            for place in answer["contributions"]:
                assert answer.get("quote", "") in SAID[slug][place - 1]["text"]
            assert answer["recommendation"] in RECOMMENDATIONS
            assert answer["remarks"]
            assert answer["day"] < 0
            if answer["recommendation"] in {"partly", "out_of_scope", "not_accommodated"}:
                assert answer["reason"]


def test_all_are_answered_where_the_case_is_weighed():
    for slug in ANSWERED:
        answered = {place for answer in ANSWERS[slug]["answer"] for place in answer["contributions"]}
        assert answered == set(range(1, len(SAID[slug]) + 1))
    assert len(ANSWERS["nye-affaldsspande"]["answer"]) == 2


def test_a_change_says_where_what_and_why():
    for file in ANSWERS.values():
        for change in [a["change"] for a in file["answer"] if "change" in a] + file.get("own_change", []):
            assert change["place"]
            assert change["before"] or change["after"]
            assert change["cause"] in {"response", "own_correction", "new_knowledge", "political"}


def test_nobody_real_can_be_written_to_called_or_looked_up():
    everything = "\n".join(path.read_text("utf-8") for path in FILES)
    domains = set(re.findall(r"[\w.+-]+@([\w.-]+\w)", everything))
    assert domains
    assert all(re.fullmatch(r"([\w-]+\.)*example\.(dk|org)", d) for d in domains)
    assert set(re.findall(r"\b\d{6}-\d{4}\b", everything)) == PUBLISHED_TEST_NUMBERS
    for number in re.findall(r"\b\d{2} \d{2} \d{2} \d{2}\b", everything):
        assert number.startswith(("70 00 00 0", "00 00 00"))
    assert "http" not in everything
    assert "www." not in everything


def test_the_texts_hold_no_invisible_or_broken_characters():
    for path in FILES:
        assert not re.search("[\u00ad\u200b\ufeff\ufffd\x00]", path.read_text("utf-8")), path.name
