"""The tables of PN13, each row used once, and compared with the ConceptMaps they come from."""

import json
from pathlib import Path
from typing import Any

import pytest
from pn13_messages import DAILY_FREQUENCY, a_line, a_posology, amount, line_of, phase_of

from mappings.catalogue import table
from schemas.quantity import PeriodUnit

PER_BODY = ("/kg", "/m2")


def codes(name: str) -> list[str]:
    return [row.code for row in table(name)]


@pytest.mark.parametrize("code", codes("pn13/units"))
def test_a_unit_of_the_table_is_kept_as_sent(code: str) -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount("1", code)))

    assert phase.dose is not None
    assert phase.dose.low is not None
    assert (phase.dose.low.unit, phase.dose.low.code) == (code, None)
    assert phase.dose.per_body is any(part in code for part in PER_BODY)
    assert phase.findings == ()


@pytest.mark.parametrize("code", codes("pn13/time_units"))
def test_a_unit_of_time_of_the_table_is_read(code: str) -> None:
    lasts = f"<Durée><Nombre>2</Nombre><Unité>{code}</Unité></Durée>"

    phase = phase_of(a_posology(DAILY_FREQUENCY + lasts))

    assert phase.intake_lasts is not None
    assert phase.intake_lasts.unit is PeriodUnit(table("pn13/time_units").target_of(code))


def test_routes_and_forms_of_the_tables_are_shown_by_their_labels() -> None:
    for code in codes("pn13/routes"):
        line = line_of(a_line(inside=f"<Voie_administration>{code}</Voie_administration>"))
        assert line.route is not None
        assert line.route.display == table("pn13/routes").target_of(code)
    for code in codes("pn13/forms"):
        line = line_of(a_line(inside=f"<Forme>{code}</Forme>"))
        assert line.product.form is not None
        assert line.product.form.display == table("pn13/forms").target_of(code)


def published(folder: Path, name: str) -> dict[str, set[tuple[str, str]]]:
    """The codes of a published map, each with its targets as code and label."""
    found: dict[str, set[tuple[str, str]]] = {}
    text = (folder / f"ConceptMap-PN13-FHIR-FreeSetCIODC-{name}-ConceptMap.json").read_text("utf-8")
    groups: list[dict[str, Any]] = json.loads(text)["group"]
    for group in groups:
        for element in group["element"]:
            targets = found.setdefault(element["code"], set())
            targets |= {(one["code"], one["display"].strip()) for one in element["target"]}
    return found


@pytest.mark.parametrize(
    ("name", "published_name"), [("units", "Unite"), ("routes", "Voie"), ("forms", "Forme")]
)
def test_a_table_has_the_codes_and_targets_of_the_published_map(
    external_samples: Path, name: str, published_name: str
) -> None:
    maps = published(external_samples / "french" / "pn13" / "conceptmaps", published_name)

    rows = {row.code: row for row in table(f"pn13/{name}")}

    assert set(rows) == set(maps)
    for code, row in rows.items():
        labels = {
            label.casefold().replace(";", ",")
            for target, label in maps[code]
            if target == row.text.rpartition(" ")[2]
        }
        assert row.target.casefold() in labels, code


def test_the_table_of_activities_is_that_of_the_published_map(external_samples: Path) -> None:
    folder = external_samples / "french" / "pn13" / "conceptmaps"
    name = "ConceptMap-PN13-FHIR-prescmed-dosageinstruction-conceptmap.json"
    groups = json.loads((folder / name).read_text("utf-8"))["group"]
    targets = [t for group in groups for element in group["element"] for t in element["target"]]

    stated = {}
    for target in targets:
        needs = {d["property"].rpartition("/")[2]: d["value"] for d in target.get("dependsOn", [])}
        gives = {p["property"].lower(): p["value"] for p in target.get("product", [])}
        if "Evt_activité_code" in needs:
            key = f"{needs['Evt_activité_code']}/{needs['Evt_opérateur']}"
            offset = gives.pop("dosage.timing.repeat.offset", None)
            (moment,) = gives.values()
            stated[key] = moment if offset is None else f"{moment}@{offset}"

    assert {row.code: row.target for row in table("pn13/activities")} == stated
