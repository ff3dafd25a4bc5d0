"""The administrator's guide names every setting, and no other."""

import re
from dataclasses import fields

from participation.config import Config
from tests.house.tree import ROOT


def test_the_guide_lists_every_setting_and_no_other() -> None:
    guide = (ROOT / "docs" / "administrator-guide.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `MEDSPIL_(\w+)`", guide, re.MULTILINE))
    assert named == {setting.name for setting in fields(Config)}
