"""Summaries (VSM, DLU-EHPAD, IPS-FR): treatments that are told, and never ordered."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from builders import REFERENCE

from connectors.cda.read import read
from engine.pipeline.assess import assess_prescription
from schemas.connector import Reading
from schemas.finding import FindingCode
from schemas.intake import IntakeStatus
from schemas.prescription import LineAction
from schemas.schedule import DoseSchedule, NotComputable

SUMMARY, TRANSFER = "1.2.250.1.213.1.1.1.13", "1.2.250.1.213.1.1.1.23"
NAMED = "<code code='60234100' codeSystem='1.2.250.1.213.2.3.1'/><name>PARACETAMOL 500 mg</name>"
UNKNOWN = "<code nullFlavor='UNK'/><name nullFlavor='UNK'/>"
DAILY = """<effectiveTime xsi:type="IVL_TS"><low value="20260301"/></effectiveTime>
  <effectiveTime xsi:type="PIVL_TS" operator="A"><period value="1" unit="d"/></effectiveTime>
  <doseQuantity value="1" unit="{tablet}"/>"""
AT_EIGHT = """<effectiveTime xsi:type="IVL_TS"><low value="20260302080000+0100"/>
  </effectiveTime><doseQuantity value="2" unit="{tablet}"/>"""
_FRAME = """<ClinicalDocument xmlns="urn:hl7-org:v3"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<templateId root="{document}"/><id root="2.25.8"/><code code="{loinc}"/>
<component><structuredBody><component><section>
<templateId root="{section}"/><code code="10160-0"/><title>Traitements</title>
<text>{narrative}</text>{entries}</section></component>{more}</structuredBody></component>
</ClinicalDocument>"""


def treatment(
    stated: str = DAILY,
    product: str = NAMED,
    attributes: str = 'moodCode="EVN"',
    template: str = "1.2.250.1.213.1.1.3.42",
) -> str:
    return f"""<entry><substanceAdministration classCode="SBADM" {attributes}>
      <templateId root="{template}"/><templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.7.1"/>
      <id root="2.25.9"/>{stated}<consumable><manufacturedProduct><manufacturedMaterial>{product}
      </manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>"""


def reading_of(
    entries: str,
    *,
    document: str = SUMMARY,
    narrative: str = "",
    section: str = "1.2.250.1.213.1.1.2.143",
    loinc: str = "SYNTH",
    more: str = "",
) -> Reading:
    text = _FRAME.format(
        document=document,
        section=section,
        narrative=narrative,
        entries=entries,
        loinc=loinc,
        more=more,
    )
    return read(text.encode(), REFERENCE)


def codes(reading: Reading) -> list[FindingCode]:
    return [finding.code for finding in reading.findings]


@pytest.mark.parametrize("mood", ["INT", "EVN"])
def test_a_treatment_of_a_summary_informs_whatever_its_mood(mood: str) -> None:
    (prescription,) = reading_of(treatment(attributes=f'moodCode="{mood}"')).prescriptions

    (line,) = prescription.lines
    assert line.action is LineAction.INFORM
    assert line.status == mood
    assert [(one.code, one.quoted) for one in line.findings] == [
        (FindingCode.STATUS_NOT_ACTIVE, mood)
    ]


def test_nothing_is_planned_from_a_summary() -> None:
    (prescription,) = reading_of(treatment()).prescriptions

    (assessed,) = assess_prescription(prescription, REFERENCE).lines

    schedule = assessed.schedule
    assert isinstance(schedule, NotComputable | DoseSchedule)
    assert getattr(schedule, "steps", ()) == ()
    assert not assessed.may_plan


def test_a_treatment_that_is_denied_says_so_twice() -> None:
    (prescription,) = reading_of(
        treatment(attributes='moodCode="EVN" negationInd="true"')
    ).prescriptions

    rules = [finding.message for finding in prescription.lines[0].findings]
    assert rules[0] == "negationInd of a prescribed line must be false"


@pytest.mark.parametrize("template", ["1.2.250.1.213.1.1.2.143", "1.2.250.1.213.1.1.2.146", "9.9"])
def test_a_treatment_is_read_in_whatever_section_it_stands(template: str) -> None:
    (prescription,) = reading_of(treatment(), section=template).prescriptions

    assert [line.product.label for line in prescription.lines] == ["PARACETAMOL 500 mg"]


def test_who_writes_a_summary_is_not_taken_for_who_prescribes() -> None:
    more = """<component><section><code code="1"/></section></component>"""
    text = reading_of(treatment(), more=more)

    assert text.prescriptions[0].prescriber is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("no-known-medications", "Pas de traitement médicamenteux connu"),
        ("no-medication-info", "Pas d'information sur les traitements médicamenteux"),
    ],
)
def test_that_nothing_is_known_is_a_note_and_no_line(code: str, words: str) -> None:
    stated = f'<code code="{code}" displayName="{words}"/>'

    reading = reading_of(treatment(stated, UNKNOWN, 'moodCode="EVN" nullFlavor="UNK"'))

    (prescription,) = reading.prescriptions
    assert prescription.lines == ()
    assert [(note.scope, note.text) for note in prescription.notes] == [(code, words)]


def test_no_known_treatment_beside_a_treatment_is_a_finding() -> None:
    absent = treatment('<code code="no-known-medications"/>', UNKNOWN)

    (prescription,) = reading_of(absent + treatment()).prescriptions

    assert len(prescription.lines) == 1
    assert [finding.code for finding in prescription.findings] == [FindingCode.STRUCTURE_INVALID]


def test_no_known_treatment_that_names_a_product_stays_a_line() -> None:
    absent = treatment('<code code="no-known-medications"/>', NAMED)

    (prescription,) = reading_of(absent).prescriptions

    (line,) = prescription.lines
    assert FindingCode.ELEMENT_UNREAD in [finding.code for finding in line.findings]


def test_treatments_in_words_alone_are_kept_and_stop_a_person() -> None:
    (prescription,) = reading_of("", narrative="Doliprane au besoin").prescriptions

    assert [note.text for note in prescription.notes] == ["Doliprane au besoin"]
    assert [finding.code for finding in prescription.findings] == [FindingCode.POSOLOGY_TEXT_ONLY]


def test_a_vaccine_is_told_of_and_is_no_treatment() -> None:
    vaccine = treatment(template="1.2.250.1.213.1.1.3.45")

    reading = reading_of(treatment() + vaccine)

    assert len(reading.prescriptions[0].lines) == 1
    (finding,) = reading.findings
    assert finding.code is FindingCode.ELEMENT_UNREAD
    assert finding.location.endswith("entry[2]/substanceAdministration")


def test_a_medicine_inside_another_statement_is_told_of() -> None:
    hidden = """<component><section><code code="44939-7"/><entry><observation>
      <entryRelationship><substanceAdministration/></entryRelationship></observation></entry>
      </section></component>"""

    reading = reading_of(treatment(), more=hidden)

    assert codes(reading) == [FindingCode.ELEMENT_UNREAD]


def test_a_document_without_treatments_is_not_read() -> None:
    reading = reading_of("", section="9.9", narrative="x")

    assert reading.is_empty
    assert codes(reading) == [FindingCode.MESSAGE_UNSUPPORTED]


def test_an_e_prescription_by_its_code_alone_is_not_taken_for_a_summary() -> None:
    reading = reading_of(treatment(), loinc="57833-6")

    assert reading.is_empty
    assert codes(reading) == [FindingCode.MESSAGE_UNSUPPORTED]


def test_a_last_intake_with_product_and_hour_is_a_fact() -> None:
    reading = reading_of(treatment(AT_EIGHT), document=TRANSFER)

    (intake,) = reading.intakes
    assert intake.status is IntakeStatus.TAKEN
    assert intake.taken_at == datetime(2026, 3, 2, 8, tzinfo=ZoneInfo("Europe/Paris"))
    assert intake.quantity is not None
    assert (str(intake.quantity.value), intake.quantity.unit) == ("2", "comprimé")
    assert reading.prescriptions[0].lines == ()


def test_a_last_intake_without_its_product_is_a_finding_and_its_words_stay() -> None:
    words = "Dernière prise le 2 mars à 8h"

    reading = reading_of(treatment(AT_EIGHT, UNKNOWN), document=TRANSFER, narrative=words)

    assert reading.intakes == ()
    assert codes(reading) == [FindingCode.PRODUCT_MISSING]
    assert [note.text for note in reading.prescriptions[0].notes] == [words]


def test_a_last_intake_that_is_denied_is_no_fact() -> None:
    denied = treatment(AT_EIGHT, attributes='moodCode="EVN" negationInd="true"')

    reading = reading_of(denied, document=TRANSFER)

    assert reading.intakes == ()
    assert codes(reading) == [FindingCode.STATUS_NOT_ACTIVE]


@pytest.mark.parametrize("document", [SUMMARY, TRANSFER])
def test_a_day_without_an_hour_and_another_document_give_no_intake(document: str) -> None:
    stated = DAILY if document == TRANSFER else AT_EIGHT

    reading = reading_of(treatment(stated), document=document)

    assert reading.intakes == ()
    assert len(reading.prescriptions[0].lines) == 1
