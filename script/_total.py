"""Add up the reports of several pytest runs and close with one line as pytest writes it."""

import sys
from pathlib import Path
from xml.etree import ElementTree


def total(folder: Path) -> dict[str, int]:
    """Tests of all reports by how they ended."""
    counts = dict.fromkeys(("failed", "passed", "skipped", "errors"), 0)
    for report in sorted(folder.glob("*.xml")):
        for suite in ElementTree.parse(report).iter("testsuite"):
            tests, failures, skipped, errors = (
                int(suite.get(name, 0)) for name in ("tests", "failures", "skipped", "errors")
            )
            counts["failed"] += failures
            counts["skipped"] += skipped
            counts["errors"] += errors
            counts["passed"] += tests - failures - skipped - errors
    return counts


def main() -> None:
    counts = total(Path(sys.argv[1]))
    told = ", ".join(f"{number} {how}" for how, number in counts.items() if number)
    if told:
        print(f"========== {told} in {float(sys.argv[2]):.2f}s ==========")


if __name__ == "__main__":
    main()
