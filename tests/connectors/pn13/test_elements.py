"""Nothing of a line is dropped: every public element, injected, leaves its trace.

The table `pn13/elements` is the closed list. An element in no row of it is a finding.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pn13_messages import (
    ACTIVITY,
    CLINICAL,
    DAILY_FREQUENCY,
    a_line,
    a_message,
    a_posology,
    amount,
    line_of,
    reading_of,
    said,
)

from connectors.pn13.connector import NAMESPACE
from connectors.pn13.names import Treatment
from connectors.pn13.tree import folded
from mappings.catalogue import table
from schemas.connector import Reading
from schemas.finding import Finding

LINE, POSOLOGY = "Elément_prescr_médic", "Elément_posologie"
ANALYSIS = "M_Compte_rendu_analyse_pharm"
ROWS = {row.code: row.target for row in table("pn13/elements")}
VALUE = "Z9"

IDENTITY = (
    "Identifiant",
    "Domaine_identification",
    "Nom_usage",
    "Nom_famille",
    "Prénom_usage",
    "Prénoms",
    "Civilité",
    "Titre",
    "Initiales",
)

NO_DOSE = {
    "Elément_prescr_médic/Rang_élément_prescr",
    "Composant_prescrit/ALD_exonérante",
    "Commentaire_structuré/Rôle_auteur",
    "Commentaire_structuré/Rôle_destinataire",
    "Commentaire_structuré/Identification_destinataire",
    "Commentaire_structuré/Criticité",
    *(f"Identification_destinataire/{name}" for name in IDENTITY),
    "Identification_auteur/Initiales",
    "Identification_prescripteur/Initiales",
}
"""What of a line changes nothing of a dose: for whom a comment is, initials, a rank on the page."""

CONTEXTS = {
    "daily": a_posology(DAILY_FREQUENCY),
    "moment": a_posology(ACTIVITY.format(activity="4", operator="5")),
    "as needed": a_posology(CLINICAL.format(code="0", words="Si besoin")),
    "limit": a_posology(
        "<Type_événement_début>4</Type_événement_début><Evénement_début>2</Evénement_début>",
        dose=amount("2", "cpr"),
    )
    + a_posology(DAILY_FREQUENCY),
}


def below(parent: str) -> Iterator[str]:
    """Every row at any depth below an element."""
    for code in ROWS:
        above, _, name = code.partition("/")
        if above == parent:
            yield code
            yield from below(name)


OF_A_LINE = sorted(set(below(LINE)))
OF_A_POSOLOGY = sorted(set(below(POSOLOGY)))


def chain(name: str, top: str) -> list[str]:
    """The names from below `top` to `name`, by the first row that has each as a child."""
    if name == top:
        return []
    parents = [code.partition("/")[0] for code in OF_A_LINE if code.partition("/")[2] == name]
    return [*chain(parents[0], top), name]


def injected(data: bytes, above: list[str], name: str, value: str = VALUE) -> tuple[bytes, str]:
    """The message with one more element in the first line, and the place where it stands."""
    root = etree.fromstring(data)
    here = next(root.iter(f"{{{NAMESPACE}}}{LINE}"))
    for step in above:
        found = here.find(f"{{{NAMESPACE}}}{step}")
        here = etree.SubElement(here, f"{{{NAMESPACE}}}{step}") if found is None else found
    child = etree.SubElement(here, f"{{{NAMESPACE}}}{name}")
    child.text = value
    alike = here.findall(f"{{{NAMESPACE}}}{name}")
    return etree.tostring(root, encoding="utf-8", xml_declaration=True), (
        f"/{name}[{len(alike)}]" if len(alike) > 1 else f"/{name}"
    )


def findings_of(reading: Reading) -> list[Finding]:
    found = list(reading.findings)
    for prescription in reading.prescriptions:
        found += prescription.findings
        for line in prescription.lines:
            found += line.findings
            found += [one for phase in line.posology.phases for one in phase.findings]
    return found


def content_of(reading: Reading) -> Any:
    """Everything that was read, without the findings."""
    return [
        prescription.model_dump(
            mode="json",
            exclude={
                "findings": True,
                "lines": {
                    "__all__": {
                        "findings": True,
                        "posology": {"phases": {"__all__": {"findings"}}},
                    }
                },
            },
        )
        for prescription in reading.prescriptions
    ]


def leaves(clean: bytes, code: str) -> set[str]:
    """The traces that an element of the line leaves: content, a finding, an unused place."""
    parent, _, name = code.partition("/")
    data, end = injected(clean, chain(parent, LINE), name)
    before, after = reading_of(clean), reading_of(data)
    traces = set()
    if content_of(after) != content_of(before):
        traces.add("content")
    if len(findings_of(after)) > len(findings_of(before)):
        traces.add("finding")
    if any(place.location.endswith(end) and place.value == VALUE for place in after.unused):
        traces.add("unused")
    return traces


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("code", OF_A_LINE)
def test_every_element_of_a_line_leaves_its_trace(code: str, context: str) -> None:
    traces = leaves(a_message(a_line(CONTEXTS[context])), code)

    if code in NO_DOSE:
        assert "unused" in traces
    else:
        assert traces & {"content", "finding"}


@pytest.mark.parametrize("code", [c for c in OF_A_LINE if ROWS[c] == Treatment.TEXT])
def test_every_text_of_a_line_is_kept_word_for_word_or_told(code: str) -> None:
    parent, _, name = code.partition("/")

    data, _ = injected(a_message(a_line(CONTEXTS["daily"])), chain(parent, LINE), name)

    reading = reading_of(data)
    told = [finding.quoted for finding in findings_of(reading)]
    assert f"'{VALUE}'" in str(content_of(reading)) or VALUE in told


@pytest.mark.parametrize("code", [c for c in OF_A_LINE if ROWS[c] == Treatment.REPORT])
def test_every_element_to_report_is_a_finding_with_its_value(code: str) -> None:
    parent, _, name = code.partition("/")

    data, end = injected(a_message(a_line(CONTEXTS["daily"])), chain(parent, LINE), name)

    found = [one for one in findings_of(reading_of(data)) if one.location.endswith(end)]
    assert [one.quoted for one in found] == [VALUE]


def test_what_changes_no_dose_is_this_list_and_no_other() -> None:
    assert {code for code in OF_A_LINE if ROWS[code] == Treatment.UNUSED} == NO_DOSE


@pytest.mark.parametrize(
    "parent", sorted({code.partition("/")[0] for code in OF_A_LINE} - {"Commentaire_structuré"})
)
def test_an_element_in_no_row_is_a_finding_wherever_it_stands(parent: str) -> None:
    data, end = injected(
        a_message(a_line(CONTEXTS["daily"])), chain(parent, LINE), "Nouvel_élément"
    )

    found = [one for one in findings_of(reading_of(data)) if one.location.endswith(end)]

    assert [one.quoted for one in found] == [VALUE]
    assert all(one.blocks for one in found) is (parent in {POSOLOGY} | names_below(POSOLOGY))


def names_below(parent: str) -> set[str]:
    return {code.partition("/")[2] for code in below(parent)}


def test_a_known_element_in_a_place_that_is_not_its_own_is_told() -> None:
    line = line_of(a_line(inside="<Frq_durée>2</Frq_durée>"))

    assert said(line.findings) == [("element-unread", "2")]


STATEMENTS = st.tuples(
    st.sampled_from(OF_A_POSOLOGY),
    st.sampled_from(["0", "1", "2", "3", "4", "5", "h", "mg", "Z9", "20260308"]),
)


@given(st.lists(STATEMENTS, max_size=6))
def test_every_text_of_a_posology_is_read_or_told(stated: list[tuple[str, str]]) -> None:
    data = a_message(a_line(CONTEXTS["daily"]))
    for code, value in stated:
        parent, _, name = code.partition("/")
        data, _ = injected(data, [POSOLOGY, *chain(parent, POSOLOGY)], name, value)

    reading = reading_of(data)

    told = {finding.location for finding in findings_of(reading)}
    quoted = " ".join(finding.quoted or "" for finding in findings_of(reading))
    for source in reading.unused:
        assert source.location in told or source.value in quoted.split()


def test_every_row_has_a_treatment_and_a_parent_that_is_a_row() -> None:
    names = {code.rpartition("/")[2] for code in ROWS}

    assert set(ROWS.values()) == {treatment.value for treatment in Treatment}
    assert {code.partition("/")[0] for code in ROWS if "/" in code} <= names


def test_every_element_of_the_published_messages_is_in_the_table(external_samples: Path) -> None:
    listed = {folded(code) for code in ROWS}
    files = sorted((external_samples / "french" / "pn13").rglob("*.xml"))
    missing = set()

    for path in files:
        if path.name.endswith(".utf8-bytes.xml"):  # accents that a standard parser rejects
            continue
        for element in etree.parse(path).getroot().iter("*"):
            above = element.getparent()
            own = str(element.tag).rpartition("}")[2]
            name = own if above is None else f"{str(above.tag).rpartition('}')[2]}/{own}"
            if folded(name) not in listed:
                missing.add(name)

    assert len(files) >= 8
    assert missing == set()
