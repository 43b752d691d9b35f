"""The written dispensation: what was prepared, read back, and valid by the published rules."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders import REFERENCE
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, isoschematron

from connectors.cda.connector import CONNECTOR
from connectors.cda.lint import lint
from connectors.cda.read import read
from connectors.cda.write import write_dispensation
from connectors.cda.writing.prepared import prepared
from schemas.codes import Coding, ProductCode, ProductCodeSystem
from schemas.decision import Decider, Decision, DecisionKind, Role
from schemas.delivery import Analysis, ReleasedLine, ReleasedSchedule
from schemas.dispense import Dispense, DispenseKind, DispenseStatus
from schemas.errors import Refused
from schemas.export import Envelope, ExportKind
from schemas.ids import DecisionId, DeliveryId, Sha256, UserName
from schemas.moment import Moment
from schemas.organiser import Place, Placement
from schemas.people import Identifier, IdentifierKind, Organization, Patient, Practitioner, Sex
from schemas.prescription import Line, Prescription, Product
from schemas.schedule import DoseSchedule, PlannedIntake

PARIS = ZoneInfo("Europe/Paris")
FIRST = datetime(2026, 3, 2, tzinfo=PARIS)
IPP = "1.2.250.1.999.1.4"
PHARMACY = Organization(
    identifiers=(Identifier(value="750512302", kind=IdentifierKind.FINESS),), name="Pharmacie"
)
PATIENT = Patient(
    identifiers=(Identifier(value="000123", kind=IdentifierKind.IPP, authority=IPP),),
    birth_name="EXEMPLE",
    given_names=("ODETTE", "MARIE"),
    birth_date=date(1939, 6, 12),
    sex=Sex.FEMALE,
)
ENVELOPE = Envelope(
    id=DeliveryId("dlv_1"), created_at=FIRST + timedelta(hours=9), sender="P", receiver="R"
)
EPU = Identifier(value="01S2EXEMPLE0000001", authority="1.2.250.1.215.500.1.1")
UUID = "0B5D2B3C-61C1-4B29-9C30-6B0D3A4E1F01"


def a_decision(
    kind: DecisionKind = DecisionKind.VALIDATE, rpps: str | None = "99700067210"
) -> Decision:
    return Decision(
        id=DecisionId("D-1"),
        kind=kind,
        decided_by=Decider(
            user=UserName("anne"),
            name="Anne OFFICINE",
            role=Role.PHARMACIST,
            rpps=rpps,
            finess="750512302",
        ),
        decided_at=datetime(2026, 3, 1, 16, 0, tzinfo=UTC),
        content_sha256=Sha256("0" * 64),
        source_sha256=Sha256("1" * 64),
        software="semainier",
    )


def mornings(days: int, moment: Moment | None = Moment.MORNING) -> tuple[PlannedIntake, ...]:
    return tuple(
        PlannedIntake(due_at=FIRST + timedelta(days=day, hours=8), moment=moment)
        for day in range(days)
    )


def a_released_line(
    planned: Sequence[PlannedIntake] = mornings(7),
    *,
    counts: tuple[Fraction | None, ...] = (Fraction(1),),
    place: Place = Place.INSIDE,
    identifiers: tuple[Identifier, ...] = (Identifier(value=UUID),),
    product: Product | None = None,
    site: str = "reference",
) -> ReleasedLine:
    return ReleasedLine(
        line=Line(
            location="line[1]",
            identifiers=identifiers,
            product=product or Product(text="RAMIPRIL EG 5 mg, comprimé sécable"),
        ),
        schedule=DoseSchedule(site=site, zone="Europe/Paris"),
        placement=Placement(place=place, counts=counts),
        planned=tuple(planned),
    )


def a_release(
    *lines: ReleasedLine,
    patient: Patient | None = PATIENT,
    decision: Decision | None = None,
    pharmacy: Organization = PHARMACY,
    prescriber: Practitioner | None = None,
    identifiers: tuple[Identifier, ...] = (EPU,),
) -> ReleasedSchedule:
    return ReleasedSchedule(
        prescription=Prescription(
            location="p",
            identifiers=identifiers,
            patient=patient,
            prescriber=prescriber,
            authored_at=date(2026, 3, 1),
        ),
        lines=lines,
        decision=decision or a_decision(),
        pharmacy=pharmacy,
        first_day=FIRST,
        days=7,
    )


def read_back(released: ReleasedSchedule) -> tuple[Dispense, ...]:
    reading = read(write_dispensation(released, ENVELOPE), REFERENCE)
    assert reading.kind == "eDISP-MED 2024.01"
    assert reading.findings == ()
    assert reading.prescriptions == ()
    return reading.dispenses


def test_a_week_of_one_tablet_is_seven_units_made_ready() -> None:
    (fact,) = read_back(a_release(a_released_line()))

    assert fact.kind is DispenseKind.GIVE
    assert fact.status is DispenseStatus.PREPARED
    assert fact.dispensed_at is None
    assert fact.quantity is not None
    assert (fact.quantity.value, fact.quantity.unit) == (Decimal(7), "unité")
    assert fact.days_of_supply == Decimal(7)
    assert fact.planned_at == datetime(2026, 3, 2, 8, tzinfo=PARIS)
    assert [each.value for each in fact.line] == [UUID]
    assert fact.prescription == (EPU,)
    assert fact.lots == ()
    assert fact.findings == ()


def test_the_table_says_what_the_structure_says() -> None:
    line = a_released_line(mornings(5), counts=(Fraction(3, 2),))

    (fact,) = read_back(a_release(line))

    assert fact.quantity is not None
    assert fact.quantity.value == Decimal("7.5")
    assert fact.note == (
        "RAMIPRIL EG 5 mg, comprimé sécable 7,5 unités "
        "du 02/03/2026 au 06/03/2026 (5 jours) 02/03/2026 à 08:00 "
        f"{UUID} non connu non connu non connu"
    )


def test_one_dose_is_one_unit_of_one_day() -> None:
    (fact,) = read_back(a_release(a_released_line(mornings(1))))

    assert fact.days_of_supply == Decimal(1)
    assert fact.note is not None
    assert "1 unité du 02/03/2026 au 02/03/2026 (1 jour)" in fact.note


def test_what_lies_beside_the_organiser_was_not_prepared() -> None:
    beside = a_released_line(place=Place.BESIDE)

    facts = prepared(a_release(a_released_line(), beside))

    assert len(facts) == 1


def test_a_line_that_is_partly_inside_counts_its_compartments_alone() -> None:
    planned = (*mornings(3), *mornings(4, moment=None))

    (fact,) = prepared(a_release(a_released_line(planned, place=Place.PARTLY)))

    assert fact.quantity is not None
    assert fact.quantity.value == Decimal(3)


def test_doses_that_are_no_count_are_not_counted() -> None:
    assert prepared(a_release(a_released_line(counts=(None,)))) == ()


def test_a_box_a_lot_and_an_expiry_are_never_invented() -> None:
    product = Product(
        codes=(
            ProductCode(system=ProductCodeSystem.CIP13, value="3400938022209"),
            ProductCode(system=ProductCodeSystem.UCD13, value="3400892069366"),
            ProductCode(system=ProductCodeSystem.CIS, value="65876512", display="RAMIPRIL"),
            ProductCode(system=ProductCodeSystem.MV, value="MV00000557"),
            ProductCode(system=ProductCodeSystem.ATC, value="C09AA05"),
        ),
        text="RAMIPRIL",
        form=Coding(code="10219000", system="http://standardterms.edqm.eu"),
    )

    data = write_dispensation(a_release(a_released_line(product=product)), ENVELOPE)

    assert b"3400938022209" not in data
    assert b"3400892069366" not in data
    root = etree.fromstring(data)
    material = next(root.iter("{*}manufacturedMaterial"))
    unknown = [
        etree.QName(each).localname for each in material.iter() if each.get("nullFlavor") == "UNK"
    ]
    assert unknown == ["lotNumberText", "expirationTime", "code"]
    (fact,) = read(data, REFERENCE).dispenses
    assert fact.product is not None
    assert [(code.system.value, code.value) for code in fact.product.codes] == [
        ("cis", "65876512"),
        ("mv", "MV00000557"),
        ("atc", "C09AA05"),
    ]
    assert fact.product.form == Coding(code="10219000", system="0.4.0.127.0.16.1.1.2.1")


def test_the_same_schedule_and_envelope_give_the_same_bytes() -> None:
    released = a_release(a_released_line(), a_released_line(counts=(Fraction(1, 2),)))

    first, second = (write_dispensation(released, ENVELOPE) for _ in range(2))

    assert first == second


def test_another_delivery_is_another_document_of_the_same_acts() -> None:
    released = a_release(a_released_line())
    again = ENVELOPE.model_copy(update={"id": DeliveryId("dlv_2")})

    one, two = (
        read(write_dispensation(released, envelope), REFERENCE) for envelope in (ENVELOPE, again)
    )

    assert one.control_id != two.control_id
    assert one.dispenses[0].identifiers == two.dispenses[0].identifiers


def test_the_prescriber_is_named_by_the_national_number() -> None:
    prescriber = Practitioner(
        identifiers=(Identifier(value="10004152632", kind=IdentifierKind.RPPS),),
        family_name="MODÈLE",
    )

    data = write_dispensation(a_release(a_released_line(), prescriber=prescriber), ENVELOPE)

    participant = etree.fromstring(data).find(".//{*}participant")
    assert participant is not None
    identifier = participant.find(".//{*}id")
    assert identifier is not None
    assert identifier.attrib == {"root": "1.2.250.1.71.4.2.1", "extension": "810004152632"}


@pytest.mark.parametrize(
    ("released", "told"),
    [
        (a_release(), "nothing of this schedule"),
        (a_release(a_released_line(place=Place.BESIDE)), "nothing of this schedule"),
        (a_release(a_released_line(), decision=a_decision(DecisionKind.HOLD)), "decision.kind"),
        (a_release(a_released_line(), decision=a_decision(rpps=None)), "rpps"),
        (a_release(a_released_line(), patient=None), "patient.identifiers"),
        (
            a_release(a_released_line(), patient=PATIENT.model_copy(update={"identifiers": ()})),
            "patient.identifiers",
        ),
        (a_release(a_released_line(), pharmacy=Organization(name="Pharmacie")), "FINESS"),
        (a_release(a_released_line(mornings(1), counts=(Fraction(1, 3),))), "no decimal number"),
        (a_release(a_released_line(site="gone")), "site: the organiser"),
    ],
)
def test_what_cannot_be_said_is_refused(released: ReleasedSchedule, told: str) -> None:
    with pytest.raises(Refused, match=told):
        write_dispensation(released, ENVELOPE)


def test_three_thirds_are_one_unit() -> None:
    (fact,) = prepared(a_release(a_released_line(mornings(3), counts=(Fraction(1, 3),))))

    assert fact.quantity is not None
    assert fact.quantity.value == Decimal(1)


def test_the_connector_writes_a_schedule_and_nothing_else() -> None:
    writer = CONNECTOR.writer(ExportKind.SCHEDULE)
    analysis = Analysis(
        prescription=Prescription(location="p"), decision=a_decision(), pharmacy=PHARMACY
    )

    assert writer is not None
    assert writer.name == "edisp-med"
    with pytest.raises(Refused, match="CDA writes"):
        writer.write(analysis, ENVELOPE)


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).map(
    lambda text: " ".join(text.split()) or "x"
)
said = words.filter(lambda text: text not in {"-", "–", "—"})
oids = st.lists(st.integers(1, 999), min_size=2, max_size=5).map(
    lambda arcs: ".".join(["1", "2", *map(str, arcs)])
)
numbers = st.from_regex(r"[A-Z0-9]{1,12}", fullmatch=True)
bare = st.builds(Identifier, value=oids | st.uuids().map(str))
named = st.builds(Identifier, value=numbers, authority=oids) | st.builds(Identifier, value=numbers)
codes = st.fixed_dictionaries(
    {},
    optional={
        ProductCodeSystem.CIS: st.from_regex(r"6[0-9]{7}", fullmatch=True),
        ProductCodeSystem.MV: st.from_regex(r"MV[0-9]{8}", fullmatch=True),
        ProductCodeSystem.ATC: st.from_regex(r"[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}", fullmatch=True),
        ProductCodeSystem.CIP13: st.from_regex(r"34009[0-9]{8}", fullmatch=True),
    },
).map(lambda each: tuple(ProductCode(system=system, value=value) for system, value in each.items()))
products = st.builds(Product, text=said, codes=codes)
lines = st.builds(
    a_released_line,
    st.integers(1, 14).map(mornings),
    counts=st.fractions(0, 20, max_denominator=1).map(lambda whole: (whole + Fraction(1, 4),)),
    place=st.sampled_from((Place.INSIDE, Place.PARTLY)),
    identifiers=st.lists(bare | named, max_size=1).map(tuple),
    product=products,
)
patients = st.builds(
    Patient,
    identifiers=st.lists(
        st.builds(
            Identifier, value=numbers, kind=st.just(IdentifierKind.IPP), authority=st.just(IPP)
        ),
        min_size=1,
        max_size=2,
        unique=True,
    ).map(tuple),
    birth_name=st.none() | said,
    used_name=st.none() | said,
    birth_date=st.none() | st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    birth_place=st.none() | st.from_regex(r"[0-9][0-9AB][0-9]{3}", fullmatch=True),
    sex=st.none() | st.sampled_from(Sex),
)


def without_places(fact: Dispense) -> Dispense:
    """The fact without where it stands and without the words of its row."""

    def placed(value: object) -> object:
        return value.model_copy(update={"location": ""}) if value is not None else None  # type: ignore[attr-defined]

    return fact.model_copy(
        update={
            "location": "",
            "note": None,
            **{
                name: placed(getattr(fact, name))
                for name in ("patient", "product", "dispensed_by", "dispenser")
            },
        }
    )


@given(st.lists(lines, min_size=1, max_size=3), patients)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(released: list[ReleasedLine], patient: Patient) -> None:
    release = a_release(*released, patient=patient)

    written = prepared(release)

    assert [without_places(fact) for fact in read_back(release)] == [
        without_places(fact).model_copy(update={"dispenser": fact.dispenser and _national(fact)})
        for fact in written
    ]


def _national(fact: Dispense) -> Organization:
    """The pharmacy as CDA names it: 1 and the FINESS, then the FINESS itself."""
    assert fact.dispenser is not None
    number = fact.dispenser.identifiers[0].value
    authority = "1.2.250.1.71.4.2.2"
    return Organization(
        identifiers=(
            Identifier(value=f"1{number}", kind=IdentifierKind.IDNST, authority=authority),
            Identifier(value=number, kind=IdentifierKind.FINESS, authority=authority),
        ),
        name=fact.dispenser.name,
    )


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_words_make_a_document(name: str, product: str) -> None:
    patient = PATIENT.model_copy(update={"birth_name": name})
    line = a_released_line(product=Product(text=product))

    reading = read(write_dispensation(a_release(line, patient=patient), ENVELOPE), REFERENCE)

    assert len(reading.dispenses) == 1


def a_full_release() -> ReleasedSchedule:
    product = Product(
        codes=(
            ProductCode(system=ProductCodeSystem.CIS, value="65876512", display="RAMIPRIL EG 5 mg"),
            ProductCode(system=ProductCodeSystem.MV, value="MV00000557"),
            ProductCode(system=ProductCodeSystem.ATC, value="C09AA05"),
        ),
        text="RAMIPRIL EG 5 mg, comprimé sécable",
        form=Coding(code="10219000", system="0.4.0.127.0.16.1.1.2.1", display="Comprimé"),
    )
    numbers = tuple(
        Identifier(value=f"L{rank}", authority="https://lgo.example") for rank in (1, 2)
    )
    return a_release(
        a_released_line(product=product),
        a_released_line(identifiers=numbers[:1], counts=(Fraction(1, 2),)),
        a_released_line(identifiers=(Identifier(value="L3"),)),
        a_released_line(identifiers=()),
        prescriber=Practitioner(
            identifiers=(Identifier(value="10004152632", kind=IdentifierKind.RPPS),),
            family_name="MODÈLE",
            given_name="Hélène",
            profession=Coding(code="G15_10/SM26", system="1.2.250.1.213.1.1.4.5"),
        ),
        identifiers=(EPU, Identifier(value="2.25.31")),
    )


@pytest.mark.parametrize(
    "released",
    [
        a_full_release(),
        a_release(a_released_line(), identifiers=()),
        a_release(
            a_released_line(),
            patient=Patient(identifiers=(Identifier(value="1"),)),
            prescriber=Practitioner(),
        ),
    ],
)
def test_a_written_dispensation_is_valid_by_the_published_schema_and_our_lint(
    released: ReleasedSchedule, external_samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMAINIER_CDA_XSD", str(external_samples / "french" / "cda" / "xsd"))

    assert lint(write_dispensation(released, ENVELOPE)) == ()


def test_a_written_dispensation_passes_our_rules_without_the_schema() -> None:
    assert lint(write_dispensation(a_full_release(), ENVELOPE)) == ()


PATTERNS = (
    "Entete_eDISP-MED_2024.01",
    "S_dispense",
    "S_dispensationMedicaments",
    "E_dispensationMedicament",
    "E_traitementDispense_fr",
    "E_traitementDispense_int",
    "E_referenceItemPrescription",
    "E_referenceItemPrescription_fr",
    "E_referencetoPrescriptionItemEntry_int",
    "E_produitDeSante_fr",
)
"""Those of eDISP-MED and of its entries. Their XPath is that of XSLT 1, although the schema around
them declares XSLT 2; the value sets need files that are not published beside them."""
_SCHEMA = """<schema xmlns="http://purl.oclc.org/dsdl/schematron">
<ns prefix="cda" uri="urn:hl7-org:v3"/>
<ns prefix="xsi" uri="http://www.w3.org/2001/XMLSchema-instance"/>
<ns prefix="pharm" uri="urn:ihe:pharm:medication"/></schema>"""


def failures(pattern: Path, document: etree._Element) -> list[str]:
    """What the rules of one published file say against a document."""
    schema = etree.fromstring(_SCHEMA)
    schema.append(etree.parse(pattern).getroot())
    rules = isoschematron.Schematron(schema, store_report=True)
    rules.validate(document)
    report = rules.validation_report.getroot()
    assert any(True for _ in report.iter("{*}fired-rule")), pattern.name
    return [" ".join("".join(each.itertext()).split()) for each in report.iter("{*}failed-assert")]


@pytest.mark.parametrize("name", PATTERNS)
def test_a_written_dispensation_passes_the_published_schematron(
    name: str, external_samples: Path
) -> None:
    folder = external_samples / "french" / "cda" / "schematrons"
    document = etree.fromstring(write_dispensation(a_full_release(), ENVELOPE))

    assert failures(folder / f"{name}.sch", document) == []


def test_a_published_schematron_finds_what_is_missing(external_samples: Path) -> None:
    folder = external_samples / "french" / "cda" / "schematrons"
    document = etree.fromstring(write_dispensation(a_full_release(), ENVELOPE))
    quantity = document.find(".//{*}supply/{*}quantity")
    assert quantity is not None
    quantity.getparent().remove(quantity)  # type: ignore[union-attr]

    assert len(failures(folder / "E_dispensationMedicament.sch", document)) == 1
