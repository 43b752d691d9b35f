"""PN13 to FHIR against the Bundles that the ANS e-prescription guide publishes, value by value."""

import csv
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from bundles import Fact, facts

from connectors import registry
from mappings.catalogue import load_site, site_folder
from schemas.site import Site

TABLE = Path(__file__).parent / "differences.csv"
PAGE = Path(__file__).parents[4] / "docs" / "convert.md"
OUTCOME = "OperationOutcome."
"""What we tell beside: no Bundle of the guide has one."""


class Difference(NamedTuple):
    """One row of the closed table: on which side, where, which value, and why."""

    side: str
    path: re.Pattern[str]
    value: re.Pattern[str]
    reason: str

    def covers(self, side: str, fact: Fact) -> bool:
        sides = ("official", "ours") if self.side == "both" else (self.side,)
        place = self.path.fullmatch(fact.path)
        return side in sides and place is not None and self.value.fullmatch(fact.value) is not None


def table() -> list[Difference]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        return [
            Difference(r["side"], re.compile(r["path"]), re.compile(r["value"]), r["reason"])
            for r in rows
        ]


@pytest.fixture
def interpreting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site that says what the local frequency of one of the messages means."""
    folder = tmp_path / "bihorel"
    (folder / "pn13").mkdir(parents=True)
    for path in site_folder("reference").iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    rows = (
        "# table: pn13/frequencies  target: mappings.timing  version: 1\n"
        "code;text;target;source;read_by\n"
        "CH_Bihorel-Fréquence|3;trois fois par jour;3/1d;the words that the message gives it;\n"
    )
    (folder / "pn13" / "frequencies.csv").write_text(rows, "utf-8")
    monkeypatch.setenv("SEMAINIER_SITES", str(tmp_path))
    return load_site("bihorel")


def both(expected: Path, message: Path, site: Site) -> tuple[set[Fact], set[Fact]]:
    """What the official Bundle says that ours does not, and the other way round."""
    reading = registry.connector("pn13").read(message.read_bytes(), site)
    converter = registry.connector("fhir").converter("json")
    made = converter.convert(reading, site, "official").content
    official, ours = (
        facts(json.loads(data, parse_float=Decimal)) for data in (expected.read_bytes(), made)
    )
    told = {fact for fact in ours if not fact.path.startswith(OUTCOME)}
    return official - ours, told - official


def test_every_official_bundle_is_ours_but_for_the_differences_that_are_explained(
    external_samples: Path, interpreting: Site
) -> None:
    folder = external_samples / "french" / "pn13"
    seen: Counter[str] = Counter()
    unexplained = []
    for expected in sorted((folder / "expected").glob("presc-*__*.json")):
        message = folder / f"{expected.name.partition('__')[0]}.xml"
        if not message.is_file():
            print(f"{expected.name}: its message is not there, not compared")
            continue
        site = interpreting if "Interpret" in expected.stem else load_site("reference")
        official, ours = both(expected, message, site)
        print(f"\n{expected.stem}: {len(official)} official values, {len(ours)} of ours differ")
        for side, listed in (("official", official), ("ours", ours)):
            for fact in sorted(listed):
                row = next((row for row in table() if row.covers(side, fact)), None)
                print(f"  {side:8} {fact.path} = {fact.value}  [{row.reason if row else '?'}]")
                seen[row.reason if row else "?"] += 1
                if row is None:
                    unexplained.append((expected.stem, side, fact))
    print(f"\n{sum(seen.values())} differences: {dict(seen.most_common())}")
    assert sum(seen.values()) > 0
    assert unexplained == []


def test_every_difference_is_explained_in_the_page_on_converting() -> None:
    explained = set(re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE))

    reasons = {row.reason for row in table()}

    assert reasons - explained == set()
