"""The messages published in the French guides, read; facts worked out by hand from their XML.

Where the published translation departs from its own message (a maximum of 4 mg for 4000.0 mg,
conditions lost, a period left out), the message is what is asserted.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pn13_messages import a_line, a_message, reading_of, said

from connectors.pn13.connector import CONNECTOR, NAMESPACE
from connectors.pn13.write import write_analysis
from schemas.connector import Reading
from schemas.decision import (
    Decider,
    Decision,
    DecisionKind,
    LineDecision,
    LineVerdict,
    ProposalKind,
    ProposedLine,
    Role,
)
from schemas.delivery import Analysis
from schemas.export import Envelope
from schemas.finding import FindingCode
from schemas.ids import DecisionId, DeliveryId, Sha256, UserName
from schemas.moment import Moment, MomentTime
from schemas.people import IdentifierKind, Organization
from schemas.posology import Frequency
from schemas.prescription import Line, LineAction, LinkKind
from schemas.quantity import Duration, PeriodUnit, Quantity

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def folder(external_samples: Path) -> Path:
    """Where the PN13 messages lie."""
    return external_samples / "french" / "pn13"


def only_line(reading: Reading) -> Line:
    ((line,),) = (prescription.lines for prescription in reading.prescriptions)
    return line


def test_every_published_message_is_recognised_and_read_or_named(folder: Path) -> None:
    files = sorted(folder.rglob("*.xml"))

    assert len(files) >= 10
    for path in files:
        data = path.read_bytes()
        reading = reading_of(data)
        assert CONNECTOR.detects(data), path.name
        assert reading.prescriptions or reading.findings, path.name
        if path.parent.name == "cr-analyse-pharm":
            codes = [finding.code for finding in reading.findings]
            lines = data.count("<Elément_prescr_pharm>".encode())
            told = [FindingCode.ANALYSIS_RECEIVED] * lines
            assert codes == [FindingCode.MESSAGE_UNSUPPORTED, *told], path.name


def test_paracetamol_as_needed_keeps_four_thousand_milligrams_a_day(folder: Path) -> None:
    reading = reading_of((folder / "presc-DC-paracetamol-si-douleur.xml").read_bytes())

    line = only_line(reading)
    (phase,) = line.posology.phases
    (daily,) = phase.limits.per_period
    assert reading.control_id == "10723"
    assert (line.identifier, line.action, line.supplied) == ("31626", LineAction.START, True)
    assert (phase.as_needed, phase.as_needed_for, phase.text) == (True, (), "Si besoin")
    assert phase.dose is not None
    assert phase.dose.exact == Quantity(value=Decimal("1000.0"), unit="mg")
    assert str(daily.amount.value) == "4000.0"
    assert daily.amount.unit == "mg"
    assert phase.limits.minimum_gap == Duration(value=Decimal(6), unit=PeriodUnit.HOUR)
    assert phase.bounds.start == datetime(2022, 4, 12, 6, 0, tzinfo=PARIS)
    assert phase.bounds.end == datetime(2022, 4, 15, 0, 0, tzinfo=PARIS)
    assert [(c.system.value, c.value) for c in line.product.codes] == [("local", "1181")]
    assert (line.indication, line.route and line.route.display) == (
        "En cas de douleur",
        "voie orale",
    )
    assert line.findings == phase.findings == ()
    (prescription,) = reading.prescriptions
    assert prescription.prescriber is not None
    assert prescription.prescriber.identifiers[0].value == "P082443"
    assert prescription.prescriber.family_name == "LUIGGI"


def test_doliprane_stays_with_its_local_frequency_until_a_site_states_it(folder: Path) -> None:
    line = only_line(reading_of((folder / "presc-specialite-doliprane-3xj.xml").read_bytes()))

    (phase,) = line.posology.phases
    assert [(c.system.value, c.value) for c in line.product.codes] == [("ucd7", "9216902")]
    assert line.text == "Doliprane cpr 3x1g/j x 3j"
    assert phase.dose is not None
    assert phase.dose.exact == Quantity(value=Decimal(1), unit="cpr")
    assert phase.rhythm.frequency is None
    assert phase.text == "Trois fois par jour"
    assert said(phase.findings) == [("frequency-unknown", "3")]
    assert phase.bounds.start == datetime(2007, 12, 28, 7, 0, tzinfo=PARIS)
    assert phase.bounds.end == datetime(2007, 12, 30, 18, 0, tzinfo=PARIS)


@pytest.mark.parametrize(("suffix", "findings"), [("", []), (".utf8-bytes", ["encoding-wrong"])])
def test_a_pca_is_a_rate_and_a_bolus_with_its_own_delay(
    folder: Path, suffix: str, findings: list[str]
) -> None:
    reading = reading_of((folder / f"presc-DC-morphine-PCA{suffix}.xml").read_bytes())

    line = only_line(reading)
    rate, bolus = line.posology.phases
    assert [f.code.value for f in reading.findings] == findings
    assert line.text is not None
    assert line.text.endswith("-- À partir du 07/05/2025 à 17:30 jusqu'au 11/05/2025 à 17h30")
    assert [(c.system.value, c.value) for c in line.product.codes] == [("sms", "100000091372")]
    assert rate.dose is not None
    assert bolus.dose is not None
    assert (rate.dose.rate, rate.dose.low, rate.as_needed) == ("5 mg/h", None, False)
    assert (bolus.as_needed, bolus.as_needed_for) == (True, ("bolus",))
    assert bolus.dose.exact == Quantity(value=Decimal(10), unit="mg")
    assert rate.limits.minimum_gap is None
    assert bolus.limits.minimum_gap == Duration(value=Decimal(2), unit=PeriodUnit.HOUR)
    (prescription,) = reading.prescriptions
    assert prescription.patient is not None
    ipp, ins = prescription.patient.identifiers
    assert (ipp.kind, ipp.value, ipp.authority) == (
        IdentifierKind.IPP,
        "6032486",
        "1.2.250.1.507454354.43654.2346659",
    )
    assert (ins.kind, ins.value) == (IdentifierKind.INS_NIR, "289062913400149")
    assert prescription.patient.given_names == ("MARSALI", "MORAG MAIREAD")
    assert prescription.patient.identity_status is None
    assert said(prescription.findings) == [
        ("element-unread", "1"),
        ("identifier-key-wrong", "289062913400149"),
        ("identity-unqualified", "3"),
        ("identifier-key-wrong", "899999999999"),
    ]


@pytest.mark.parametrize("suffix", ["", ".utf8-bytes"])
def test_two_alternatives_keep_their_conditions_and_never_plan(folder: Path, suffix: str) -> None:
    name = f"presc-multiligne-alternative-metformine-gliclazide{suffix}.xml"

    (prescription,) = reading_of((folder / name).read_bytes()).prescriptions

    metformin, gliclazide = prescription.lines
    (first,), (second,) = metformin.posology.phases, gliclazide.posology.phases
    assert [line.identifier for line in prescription.lines] == [
        "20250502144844569",
        "20250502144844570",
    ]
    assert [[(k.kind, k.line) for k in line.links] for line in prescription.lines] == [
        [(LinkKind.ALTERNATIVE, "20250502144844570")],
        [(LinkKind.ALTERNATIVE, "20250502144844569")],
    ]
    assert [f.code for line in prescription.lines for f in line.findings] == [
        FindingCode.LINE_ALTERNATIVE,
        FindingCode.LINE_ALTERNATIVE,
    ]
    assert first.rhythm.frequency == Frequency(times=2, period=Decimal(1), unit=PeriodUnit.DAY)
    assert first.times.moments == (MomentTime(moment=Moment.MEAL),)
    assert first.dose is not None
    assert first.dose.exact == Quantity(value=Decimal("0.5"), unit="cpr")
    assert (first.as_needed, first.as_needed_for) == (
        True,
        ("Sans intolérance digestive au METFORMINE",),
    )
    assert second.times.moments == (MomentTime(moment=Moment.BREAKFAST),)
    assert second.rhythm.frequency is None
    assert second.as_needed_for == ("En cas d'intolérance digestive au METFORMINE",)
    assert second.bounds.end == datetime(2025, 5, 31, 18, 59, 59, tzinfo=PARIS)


def flat(element: ElementTree.Element, above: str = "") -> Iterator[tuple[str, str]]:
    """Every element in order: its path of local names, with its attributes, and its text."""
    here = f"{above}/{element.tag.partition('}')[2]}"
    attributes = "".join(f"@{name}={value}" for name, value in sorted(element.attrib.items()))
    yield here + attributes, (element.text or "").strip()
    for child in element:
        yield from flat(child, here)


def child_of(line: ElementTree.Element, name: str) -> str:
    return (line.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()


def proposed_of(line: ElementTree.Element, analysed: ElementTree.Element) -> ProposedLine:
    """The second line of a published analysis as a pharmacist's proposal.

    Its content is read as the line of a prescription, without what only an analysis has.
    """
    kind = ProposalKind.SUBSTITUTION
    if child_of(line, "Proposition_pharm") == "2":
        passed = child_of(analysed, "Validation_pharm") == "1"
        kind = ProposalKind.SUGGESTION if passed else ProposalKind.MODIFICATION
    ordered = ElementTree.fromstring(a_message(a_line(prescriber="")))
    header = next(ordered.iter(f"{{{NAMESPACE}}}Prescription"))
    header.remove(header[-1])
    copy = ElementTree.SubElement(header, f"{{{NAMESPACE}}}Elément_prescr_médic")
    copy.extend([each for each in line if each.tag.partition("}")[2] not in OF_AN_ANALYSIS])
    data = ElementTree.tostring(ordered, encoding="utf-8")
    ((read_line,),) = (each.lines for each in reading_of(data).prescriptions)
    comment = child_of(line, "Commentaire_pharmacien") or None
    return ProposedLine(line="1", kind=kind, proposed=read_line, comment=comment)


OF_AN_ANALYSIS = {
    "Validation_pharm",
    "Proposition_pharm",
    "Commentaire_pharmacien",
    "Cré_arr_mod_val",
    "Elément_lié",
}


def analysed(folder: Path, published: ElementTree.Element) -> list[tuple[str, str]]:
    """Our own analysis of the prescription that the published one is about."""
    data = (folder / "presc-DC-paracetamol-si-douleur.xml").read_bytes()
    (prescription,) = reading_of(data).prescriptions
    first, *others = published.iter(f"{{{NAMESPACE}}}Elément_prescr_pharm")
    passed = child_of(first, "Validation_pharm") == "1"
    at = datetime(2022, 4, 11, 17, 30, 53, tzinfo=PARIS)
    decision = Decision(
        id=DecisionId("dec1"),
        kind=DecisionKind.VALIDATE,
        decided_by=Decider(
            user=UserName("p"),
            name="P",
            role=Role.PHARMACIST,
            rpps="11102058236",
            finess="750512345",
        ),
        decided_at=at,
        content_sha256=Sha256("0" * 64),
        source_sha256=Sha256("1" * 64),
        lines=(
            LineDecision(
                line="1",
                verdict=LineVerdict.VALIDATED if passed else LineVerdict.REFUSED,
                comment=child_of(first, "Commentaire_pharmacien") or None,
            ),
        ),
        proposals=tuple(proposed_of(other, first) for other in others),
        software="semainier",
    )
    written = write_analysis(
        Analysis(prescription=prescription, decision=decision, pharmacy=Organization()),
        Envelope(id=DeliveryId("10724"), created_at=at, sender="S", receiver="R"),
    )
    return list(flat(ElementTree.fromstring(written)))


def test_every_analysis_written_is_the_published_one_element_by_element(folder: Path) -> None:
    """Names, order, attributes and values: no element more, none less, none elsewhere."""
    files = sorted((folder / "cr-analyse-pharm").glob("*.xml"))

    assert len(files) >= 4
    for path in files:
        published = ElementTree.parse(path).getroot()
        assert analysed(folder, published) == list(flat(published)), path.name


def test_the_lines_read_are_those_that_the_bytes_hold(folder: Path) -> None:
    """Counted in the bytes, whatever their encoding: the opening tag of a line is ASCII but é."""
    opening = re.compile(rb"<El(?:\xe9|\xc3\xa9)ment_prescr_m(?:\xe9|\xc3\xa9)dic\b")
    counted, read = {}, {}

    for path in sorted(folder.glob("*.xml")):
        data = path.read_bytes()
        counted[path.name] = len(opening.findall(data))
        read[path.name] = sum(len(each.lines) for each in reading_of(data).prescriptions)

    assert len(counted) >= 6
    assert read == counted
