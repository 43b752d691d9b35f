"""A written dispensation (eDISP-MED) read as facts."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from builders import REFERENCE

from connectors.cda.read import read
from schemas.connector import Reading
from schemas.dispense import DispenseKind, DispenseStatus, Lot
from schemas.finding import FindingCode

_FRAME = """<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:p="urn:ihe:pharm:medication"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<templateId root="1.2.250.1.213.1.1.1.54" extension="2024.01"/><id root="2.25.8"/>
<code code="60593-1"/>{header}
<component><structuredBody><component><section>
<templateId root="1.2.250.1.213.1.1.2.236"/><code code="60590-7"/>
<text><content ID="n">à conserver au frais</content><content ID="d-delivre">POMMADE</content></text>
<entry><supply classCode="SPLY" {attributes}><templateId root="{template}"/><id root="2.25.9"/>
{stated}<product><manufacturedProduct><manufacturedMaterial>{material}</manufacturedMaterial>
</manufacturedProduct></product>{relations}</supply></entry>
</section></component></structuredBody></component></ClinicalDocument>"""
EVENT = """<documentationOf><serviceEvent><code code="60593-1"/>
  <effectiveTime><low value="20260302100000+0100"/></effectiveTime></serviceEvent>
</documentationOf>"""
PARIS = ZoneInfo("Europe/Paris")


def reading_of(
    stated: str = "",
    *,
    material: str = "<name>PARACETAMOL 500 mg</name>",
    relations: str = "",
    header: str = EVENT,
    attributes: str = 'moodCode="EVN"',
    template: str = "1.2.250.1.213.1.1.3.204",
) -> Reading:
    text = _FRAME.format(
        stated=stated,
        material=material,
        relations=relations,
        header=header,
        attributes=attributes,
        template=template,
    )
    return read(text.encode(), REFERENCE)


def relation(template: str, inner: str, name: str = "act") -> str:
    return (
        f'<entryRelationship typeCode="COMP"><{name}><templateId root="{template}"/>'
        f"{inner}</{name}></entryRelationship>"
    )


def test_a_supply_is_a_dispense_of_the_time_of_its_document() -> None:
    (dispense,) = reading_of('<quantity value="2" unit="30009000"/>').dispenses

    assert dispense.kind is DispenseKind.DISPENSE
    assert dispense.status is DispenseStatus.DISPENSED
    assert dispense.dispensed_at == datetime(2026, 3, 2, 10, tzinfo=PARIS)
    assert dispense.quantity is not None
    assert (dispense.quantity.value, dispense.quantity.unit) == (Decimal(2), "boîte")
    assert [identifier.value for identifier in dispense.identifiers] == ["2.25.9"]


@pytest.mark.parametrize(
    ("stated", "status", "told"),
    [
        ('<code code="FFC"/>', DispenseStatus.DISPENSED, []),
        ('<code code="FFC "/>', DispenseStatus.DISPENSED, []),
        ('<code code="RFC"/>', DispenseStatus.DISPENSED, []),
        ('<code code="FFP"/>', DispenseStatus.PARTIAL, []),
        ('<code code="RFP"/>', DispenseStatus.PARTIAL, []),
        ('<code code="ZZ"/>', DispenseStatus.UNKNOWN, [FindingCode.CODE_INVALID]),
        (
            '<statusCode code="aborted"/>',
            DispenseStatus.CANCELLED,
            [FindingCode.STATUS_NOT_ACTIVE],
        ),
        ('<statusCode code="new"/>', DispenseStatus.UNKNOWN, [FindingCode.STATUS_NOT_ACTIVE]),
    ],
)
def test_how_far_it_went_is_stated_by_code_and_status(
    stated: str, status: DispenseStatus, told: list[FindingCode]
) -> None:
    (dispense,) = reading_of(stated).dispenses

    assert dispense.status is status
    assert [finding.code for finding in dispense.findings] == told


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        ('moodCode="RQO"', DispenseStatus.UNKNOWN),
        ('moodCode="EVN" nullFlavor="UNK"', DispenseStatus.UNKNOWN),
        ('moodCode="EVN" negationInd="true"', DispenseStatus.NOT_DISPENSED),
        ('moodCode="EVN" negationInd="perhaps"', DispenseStatus.UNKNOWN),
        ('moodCode="EVN" negationInd="false"', DispenseStatus.DISPENSED),
    ],
)
def test_what_did_not_happen_is_no_dispense(attributes: str, status: DispenseStatus) -> None:
    (dispense,) = reading_of(attributes=attributes).dispenses

    assert dispense.status is status


def test_what_is_made_ready_has_not_left() -> None:
    stated = """<statusCode code="active"/><expectedUseTime>
      <low value="20260303080000+0100"/><width value="7" unit="d"/></expectedUseTime>"""

    (dispense,) = reading_of(stated).dispenses

    assert dispense.kind is DispenseKind.GIVE
    assert dispense.status is DispenseStatus.PREPARED
    assert dispense.dispensed_at is None
    assert dispense.planned_at == datetime(2026, 3, 3, 8, tzinfo=PARIS)
    assert dispense.days_of_supply == Decimal(7)


@pytest.mark.parametrize(
    ("material", "lots"),
    [
        (
            '<lotNumberText>A1</lotNumberText><p:expirationTime value="20271130"/>',
            (Lot(number="A1", expires_on=date(2027, 11, 30)),),
        ),
        (
            '<p:expirationTime><low value="20260101"/><high value="20271130"/></p:expirationTime>',
            (Lot(number=None, expires_on=date(2027, 11, 30)),),
        ),
        ('<lotNumberText nullFlavor="UNK"/><p:expirationTime nullFlavor="UNK"/>', ()),
    ],
)
def test_a_lot_and_its_expiry_are_those_stated(material: str, lots: tuple[Lot, ...]) -> None:
    (dispense,) = reading_of(material=f"<name>X</name>{material}").dispenses

    assert dispense.lots == lots


def test_the_box_gives_its_code_once() -> None:
    cip = 'codeSystem="1.2.250.1.213.2.3.2"'
    material = f"""<code><translation code="3400938022209" {cip}/></code><p:asContent>
      <p:containerPackagedMedicine><p:code code="3400938022209" {cip}/>
      </p:containerPackagedMedicine></p:asContent>"""

    (dispense,) = reading_of(material=material).dispenses

    assert dispense.product is not None
    assert [code.value for code in dispense.product.codes] == ["3400938022209"]


def test_a_magistral_preparation_is_named_by_what_is_printed() -> None:
    material = '<code nullFlavor="NA"/><name nullFlavor="NA"/>'

    (dispense,) = reading_of('<text><reference value="#d"/></text>', material=material).dispenses

    assert dispense.product is not None
    assert dispense.product.text == "POMMADE"


def test_a_supply_of_nothing_is_a_finding() -> None:
    (dispense,) = reading_of(material='<name nullFlavor="NA"/>').dispenses

    assert dispense.product is None
    assert [finding.code for finding in dispense.findings] == [FindingCode.PRODUCT_MISSING]


def test_the_line_and_both_documents_are_kept_and_their_difference_is_told() -> None:
    order = relation(
        "1.2.250.1.213.1.1.3.90",
        '<id root="2.25.51"/><reference><externalDocument><id root="2.25.53"/>'
        "</externalDocument></reference>",
        "substanceAdministration",
    )
    header = EVENT + '<inFulfillmentOf><order><id root="2.25.52"/></order></inFulfillmentOf>'

    (dispense,) = reading_of(relations=order, header=header).dispenses

    assert [each.value for each in dispense.line] == ["2.25.51"]
    assert [each.value for each in dispense.prescription] == ["2.25.52", "2.25.53"]
    assert [(one.code, one.quoted) for one in dispense.findings] == [
        (FindingCode.STRUCTURE_INVALID, "2.25.53")
    ]


@pytest.mark.parametrize(("code", "done"), [("G", True), ("N", False), ("TE", None)])
def test_a_substitution_is_what_its_code_says(code: str, done: bool | None) -> None:
    act = relation("1.2.250.1.213.1.1.3.206", f'<code code="{code}"/>')

    (dispense,) = reading_of(relations=act).dispenses

    assert dispense.substitution is not None
    assert dispense.substitution.done is done


def test_notes_and_instructions_are_kept_apart() -> None:
    note = relation("1", '<code code="FINSTRUCT"/><text><reference value="#n"/></text>')
    told = relation("2", '<code code="PINSTRUCT"/><text>avec de l\'eau</text>')

    (dispense,) = reading_of(relations=note + told).dispenses

    assert dispense.note == "à conserver au frais"
    assert dispense.text == "avec de l'eau"


def test_a_posology_of_the_pharmacy_and_an_unknown_relation_are_told_of() -> None:
    posology = relation(
        "1.2.250.1.213.1.1.3.42", "<text>1 le soir</text>", "substanceAdministration"
    )
    unknown = relation("9.9", "", "observation")

    (dispense,) = reading_of(relations=posology + unknown).dispenses

    assert dispense.text == "1 le soir"
    assert [finding.code for finding in dispense.findings] == [FindingCode.ELEMENT_UNREAD] * 2


def test_a_supply_of_another_kind_is_told_of_and_the_document_is_empty() -> None:
    reading = reading_of(template="9.9")

    assert reading.is_empty
    assert [finding.code for finding in reading.findings] == [
        FindingCode.ELEMENT_UNREAD,
        FindingCode.MESSAGE_EMPTY,
    ]


def test_a_document_that_replaces_another_takes_nothing_back() -> None:
    replaced = (
        '<relatedDocument typeCode="RPLC"><parentDocument><id root="2.25.1"/></parentDocument>'
        "</relatedDocument>"
    )

    reading = reading_of(header=EVENT + replaced)

    assert [finding.code for finding in reading.findings] == [FindingCode.ELEMENT_UNREAD]
    assert len(reading.dispenses) == 1


def test_nothing_is_ordered_by_a_dispensation() -> None:
    assert reading_of().prescriptions == ()


def test_a_time_of_use_in_weeks_is_told_of_and_not_turned_into_days() -> None:
    stated = """<expectedUseTime><low value="20260303"/><width value="1" unit="wk"/>
      </expectedUseTime>"""

    (dispense,) = reading_of(stated).dispenses

    assert dispense.days_of_supply is None
    assert dispense.planned_at is None
    assert [(one.code, one.quoted) for one in dispense.findings] == [
        (FindingCode.ELEMENT_UNREAD, "wk")
    ]


def test_a_substitution_without_a_code_says_nothing() -> None:
    act = relation("1.2.250.1.213.1.1.3.206", '<code nullFlavor="UNK"/>')

    (dispense,) = reading_of(relations=act).dispenses

    assert dispense.substitution is None


def test_a_supply_states_its_own_time_where_it_has_one() -> None:
    stated = '<effectiveTime value="20260301180000+0100"/>'

    (dispense,) = reading_of(stated).dispenses

    assert dispense.dispensed_at == datetime(2026, 3, 1, 18, tzinfo=PARIS)


def test_an_expiry_that_is_no_date_is_a_finding() -> None:
    material = '<name>X</name><p:expirationTime value="203213"/>'

    (dispense,) = reading_of(material=material).dispenses

    assert dispense.lots == ()
    assert [finding.code for finding in dispense.findings] == [FindingCode.VALUE_INVALID]
