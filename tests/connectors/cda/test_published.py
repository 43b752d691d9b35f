"""The documents that the ANS publishes: facts read in them by eye.

Source: ansforge/TestContenuCDA-3-0. They are not part of this project.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.cda.connector import CONNECTOR
from connectors.cda.lint import lint
from connectors.cda.read import read
from mappings.catalogue import load_site
from schemas.connector import Reading
from schemas.dispense import Lot
from schemas.finding import FindingCode
from schemas.prescription import LineAction

SITE = load_site("reference")
APART = {"xsd", "schematrons", "jdv"}


@pytest.fixture(scope="session")
def folder(external_samples: Path) -> Path:
    return external_samples / "french" / "cda"


def read_file(folder: Path, name: str) -> Reading:
    return read((folder / name).read_bytes(), SITE)


def test_every_document_is_read_or_refused_at_a_place(folder: Path) -> None:
    paths = [
        path
        for path in sorted(folder.rglob("*.xml"))
        if not APART & set(path.relative_to(folder).parts)
    ]

    assert paths
    for path in paths:
        data = path.read_bytes()
        reading = read(data, SITE)
        assert CONNECTOR.detects(data), path.name
        assert reading.findings or not reading.is_empty, path.name
        assert all(finding.location for finding in reading.findings), path.name
        told = 0 if path.name.startswith("eDISP") else 1
        assert len(reading.prescriptions) == told, path.name
        orders = path.name.startswith("eP-MED-DM")
        actions = {line.action for each in reading.prescriptions for line in each.lines}
        assert actions <= {LineAction.START if orders else LineAction.INFORM}, path.name


@pytest.mark.parametrize(
    ("name", "kind", "products"),
    [
        ("VSM_1.4_2022.01.xml", "VSM 201310", ["PLAVIX 75 mg", "COUMADINE 5mg"]),
        (
            "DLU-EHPAD-DLU_2022.01.xml",
            "DLU-EHPAD-DLU 2022.01",
            ["AMPICILLINE PANPHARMA 500 mg, poudre et solution pour préparation injectable"],
        ),
        (
            "DLU-EHPAD-FLUDR_2022.01.xml",
            "DLU-EHPAD-FLUDR 2022.01",
            ["AMPICILLINE PANPHARMA 500 mg, poudre et solution pour préparation injectable"],
        ),
        ("DLU-EHPAD-FLUDT_2022.01.xml", "DLU-EHPAD-FLUDT 2022.01", []),
        (
            "IPS-FR_2024.01_DLU.xml",
            "IPS-FR 2024.01",
            [
                "LEVOTHYROX 75 microgrammes",
                "COUMADINE 5mg",
                "PARACETAMOL VIA 500MG CPR BT16",
                "ROSUVASTATINE EG 5 mg, comprimé pelliculé",
                "Autre(s) traitement(s)",
            ],
        ),
    ],
)
def test_every_treatment_of_a_summary_is_a_line_that_informs(
    folder: Path, name: str, kind: str, products: list[str]
) -> None:
    reading = read_file(folder, name)

    assert reading.kind == kind
    assert [line.product.label for line in reading.prescriptions[0].lines] == products


def test_the_last_intake_without_product_makes_no_fact_and_keeps_its_words(folder: Path) -> None:
    reading = read_file(folder, "DLU-EHPAD-FLUDT_2022.01.xml")

    assert reading.intakes == ()
    assert [finding.code for finding in reading.findings] == [FindingCode.PRODUCT_MISSING]
    assert reading.prescriptions[0].notes[-1].text == (
        "Dernière prise du traitement habituel le 27 mars 2020 à 12h00."
    )


def test_the_published_dispensation_gives_two_facts(folder: Path) -> None:
    reading = read_file(folder, "eDISP-MED_2024.01.xml")

    box, ointment = reading.dispenses
    assert box.quantity is not None
    assert (box.quantity.value, box.quantity.unit) == (Decimal(2), "boîte")
    assert box.lots == (Lot(number="12345", expires_on=date(2032, 12, 31)),)
    assert [each.value for each in box.line] == ["AADC9C14-F1CA-4177-B2C8-A5178D5B3CA0"]
    assert box.substitution is not None
    assert box.substitution.done is True
    assert ointment.product is not None
    assert ointment.product.label.startswith("Préparation magistrale")
    assert ointment.note == "Préparation remise dans un flacon"


def test_tables_and_schemas_are_not_taken_for_documents(folder: Path) -> None:
    for path in [*folder.glob("jdv/*.xml"), *folder.glob("xsd/*.xsd")]:
        assert not CONNECTOR.detects(path.read_bytes()), path.name


def test_the_structured_example_keeps_both_steps_and_the_words(folder: Path) -> None:
    reading = read_file(folder, "eP-MED-DM_2024.01_PosoStruct.xml")
    prescription = reading.prescriptions[0]
    first, second = prescription.lines

    assert prescription.identifiers[0].value == "01S2TBPZ2JCNZZYGHZ"
    assert prescription.patient is not None
    assert prescription.patient.birth_date == date(1979, 3, 28)
    assert prescription.patient.given_names == ("DOMINIQUE", "MARIE-LOUISE")
    assert [code.value for code in first.product.codes] == [
        "63107752",
        "MV00002306",
        "3400933516390",
        "N02BE01",
    ]
    assert first.renewals == 3
    assert first.substitution_allowed is False
    one, two = first.posology.phases
    assert (one.sequence, two.sequence) == (1, 2)
    assert one.bounds.start == date(2023, 12, 1)
    assert two.bounds.start == date(2023, 12, 3)
    assert one.text is not None
    assert "1 cp à 2 cp" in one.text
    assert "3 fois/j" in one.text
    assert one.dose is not None
    assert one.dose.low is not None
    assert one.dose.low.value == one.dose.high.value == Decimal(1) if one.dose.high else False
    assert second.text == "2 applications/j"


def test_the_structured_example_shows_every_contradiction_it_holds(folder: Path) -> None:
    reading = read_file(folder, "eP-MED-DM_2024.01_PosoStruct.xml")
    prescription = reading.prescriptions[0]
    first, second = prescription.lines
    header = [(one.code, one.quoted) for one in prescription.findings]
    told = [(one.code, one.quoted) for phase in first.posology.phases for one in phase.findings]

    assert (FindingCode.PRESCRIBER_CONTRADICTED, "807505123456") in header
    assert ("CON", "Pierre JOLI 807505123456") in [
        (note.scope, note.text) for note in prescription.notes
    ]
    assert (FindingCode.REFERENCE_UNRESOLVED, "#precond-001") in told
    assert (FindingCode.FREQUENCY_AMBIGUOUS, "8 h") in told
    assert (FindingCode.FREQUENCY_AMBIGUOUS, "12 h") in told
    (ointment,) = second.posology.phases
    assert (FindingCode.TIMING_CONTRADICTED, "2 applications/j") in [
        (one.code, one.quoted) for one in ointment.findings
    ]
    for line in (first, second):
        assert FindingCode.IDENTIFIER_DUPLICATE in [finding.code for finding in line.findings]


def test_the_unstructured_example_keeps_its_sentence_and_plans_nothing(folder: Path) -> None:
    reading = read_file(folder, "eP-MED-DM_2022.01_PosoNonStruct.xml")
    first, second = reading.prescriptions[0].lines
    (phase,) = first.posology.phases

    assert first.text is not None
    assert first.text.startswith("1 à 2 comprimés 3 fois/j à partir du 01/12/2021 pendant 2 jours")
    assert "puis 1 à 2 comprimés 2 fois/j" in first.text
    assert phase.dose is None
    assert phase.rhythm.frequency is None
    assert phase.times.moments == ()
    assert phase.bounds.end == date(2021, 12, 6)
    assert second.text == "2 applications par jour"


def test_the_published_schema_finds_nothing_and_the_guide_finds_lost_references(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMAINIER_CDA_XSD", str(folder / "xsd"))

    findings = lint((folder / "eP-MED-DM_2024.01_PosoStruct.xml").read_bytes())

    quoted = [finding.quoted for finding in findings]
    assert "#voie-001" in quoted
    assert "#precond-001" in quoted
    assert not [finding for finding in findings if "schema rule" in finding.message]


def test_our_own_documents_are_valid_by_the_published_schema(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMAINIER_CDA_XSD", str(folder / "xsd"))
    ours = Path(__file__).parents[3] / "samples" / "cda"

    for path in sorted(ours.glob("nominal_*.xml")):
        assert lint(path.read_bytes()) == (), path.name


def test_what_breaks_the_published_schema_is_told_at_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMAINIER_CDA_XSD", str(folder / "xsd"))
    ours = Path(__file__).parents[3] / "samples" / "cda" / "nominal_dispensation.xml"
    broken = ours.read_bytes().replace(b'<quantity value="2"', b'<quantity value="two"')

    (finding,) = lint(broken)

    assert finding.location.endswith("entry[1]/supply/quantity")
    assert "schema rule" in finding.message
