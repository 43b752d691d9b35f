"""Nothing that a line states is dropped: every part of the schema of CDA, put into clean lines.

Source: POCD_MT000040 and the data types, as extended in CDA_extended.xsd of the ANS.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from connectors.cda.inventory import ANYTHING, TIMES, TYPES
from connectors.cda.posology.expression import Kind, kind_of
from connectors.cda.read import read
from connectors.markup import local_name, place
from mappings.catalogue import load_site
from schemas.connector import Reading
from schemas.finding import FindingCode

V3 = "urn:hl7-org:v3"
SITE = load_site("reference")
NORMAL, TAPERED = "1.3.6.1.4.1.19376.1.5.3.1.4.7.1", "1.3.6.1.4.1.19376.1.5.3.1.4.8"

DOCUMENT = """<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:pharm="urn:ihe:pharm:medication"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <templateId root="1.2.250.1.213.1.1.1.39" extension="2024.01"/>
  <id root="2.25.7"/><code code="57833-6" codeSystem="2.16.840.1.113883.6.1"/>
  <effectiveTime value="20260105093000+0100"/>
  <component><structuredBody><component><section>
    <templateId root="1.2.250.1.213.1.1.2.171"/>
    <text><content ID="t">1 comprimé le matin</content><content ID="w">1 cp</content></text>
    <entry><substanceAdministration classCode="SBADM" moodCode="INT">
      <templateId root="{mode}"/><id root="LINE-1"/>
      <code code="DRUG" codeSystem="2.16.840.1.113883.5.4"/>
      <text><reference value="#t"/></text><statusCode code="completed"/>
      {entry}
      <consumable typeCode="CSM"><manufacturedProduct classCode="MANU">{product}
      </manufacturedProduct></consumable>
    </substanceAdministration></entry>
  </section></component></structuredBody></component>
</ClinicalDocument>"""
MATERIAL = """<manufacturedMaterial><code code="60234100" codeSystem="1.2.250.1.213.2.3.1"/>
 <name>PARACETAMOL 500 mg</name><pharm:formCode code="10219000"/>
 <pharm:ingredient classCode="ACTI"><pharm:quantity><numerator value="500" unit="mg"/>
 <denominator value="1"/></pharm:quantity></pharm:ingredient></manufacturedMaterial>"""
LABEL = "<manufacturedLabeledDrug><name>PARACETAMOL 500 mg</name></manufacturedLabeledDrug>"
WEEK = (
    '<effectiveTime xsi:type="IVL_TS"><low value="20260105"/><high value="20260111"/>'
    "</effectiveTime>"
)
DOSE = """<doseQuantity><low value="1" unit="{tablet}"><translation><originalText>
 <reference value="#w"/></originalText></translation></low><high value="1" unit="{tablet}"/>
 </doseQuantity>"""
STEP = """<entryRelationship typeCode="COMP"><sequenceNumber value="1"/>
 <substanceAdministration classCode="SBADM" moodCode="INT">
 <templateId root="1.2.250.1.213.1.1.3.83.1"/><statusCode code="completed"/>
 <effectiveTime xsi:type="SXPR_TS"><comp xsi:type="IVL_TS"><low value="20260105"/>
 <width value="7" unit="d"/></comp><comp xsi:type="EIVL_TS" operator="A"><event code="PCM"/>
 <offset><low value="30" unit="min"/></offset></comp></effectiveTime>{dose}
 </substanceAdministration></entryRelationship>"""
CLEAN = {
    "a rhythm": (
        NORMAL,
        f"""{WEEK}<effectiveTime xsi:type="PIVL_TS" operator="A" institutionSpecified="false">
        <phase><low value="20260105080000"/></phase><period value="1" unit="d"/></effectiveTime>
        <repeatNumber nullFlavor="NI"/><routeCode code="20053000"/>
        {DOSE}<maxDoseQuantity><numerator value="4" unit="{{tablet}}"/>
        <denominator value="1" unit="d"/></maxDoseQuantity>""",
        MATERIAL,
    ),
    "as needed": (
        NORMAL,
        f"""<effectiveTime value="20260105080000"/>{DOSE}
        <rateQuantity><low value="500" unit="mg/d"/><high value="500" unit="mg/d"/></rateQuantity>
        <precondition><criterion><text>si besoin</text></criterion></precondition>""",
        LABEL,
    ),
    "a step": (TAPERED, WEEK + STEP.format(dose=DOSE), MATERIAL),
}


class Injection(NamedTuple):
    """A part put into a clean line: where it went, what the closed list says of it."""

    name: str
    location: str
    unread: FindingCode | None
    document: bytes


def clean(name: str) -> etree._Element:
    mode, entry, product = CLEAN[name]
    return etree.fromstring(DOCUMENT.format(mode=mode, entry=entry, product=product))


def line_of(document: etree._Element) -> etree._Element:
    found = document.find(f".//{{{V3}}}entry/{{{V3}}}substanceAdministration")
    assert found is not None
    return found


def typed(element: etree._Element, kind: str) -> Iterator[tuple[etree._Element, str]]:
    """Every element of a line whose parts the closed list names, with its type."""
    yield element, kind
    for child in element:
        part = TYPES[kind].get(local_name(child))
        inner = ANYTHING if part is None else part.type
        if inner == TIMES:
            stated = kind_of(child)
            inner = "PIVL_TS" if stated is Kind.WINDOW else str(stated)
        if inner != ANYTHING:
            yield from typed(child, inner)


def put(element: etree._Element, name: str) -> str:
    """Puts a part into an element, and says where it then stands."""
    if name.startswith("@"):
        element.set(name[1:], "zz" if name != "@nullFlavor" else "NI")
        return f"{place(element)}/{name}"
    if name == "#text":
        element.text = f"zz {element.text or ''}"
        return place(element)
    child = etree.SubElement(element, f"{{{V3}}}{name}", {"value": "zz", "code": "zz"})
    child.text = "zz"
    return place(child)


def injections() -> Iterator[Injection]:
    for base in CLEAN:
        count = sum(1 for _ in typed(line_of(clean(base)), "SubstanceAdministration"))
        for number in range(count):
            kind = [*typed(line_of(clean(base)), "SubstanceAdministration")][number][1]
            for name, part in TYPES[kind].items():
                document = clean(base)
                element = [*typed(line_of(document), "SubstanceAdministration")][number][0]
                location = put(element, name)
                label = f"{base}: {location.rpartition('/entry/')[2]}"
                yield Injection(label, location, part.unread, etree.tostring(document))


def told(reading: Reading) -> list[tuple[str, str]]:
    line = reading.prescriptions[0].lines[0]
    phases = (finding for phase in line.posology.phases for finding in phase.findings)
    return [(one.code.value, one.location) for one in (*line.findings, *phases)]


def content(reading: Reading) -> str:
    return reading.prescriptions[0].lines[0].model_dump_json(exclude={"location"})


@pytest.fixture(scope="module")
def before() -> dict[str, Reading]:
    return {name: read(etree.tostring(clean(name)), SITE) for name in CLEAN}


def test_the_clean_lines_are_clean(before: dict[str, Reading]) -> None:
    assert {name: told(reading) for name, reading in before.items()} == {name: [] for name in CLEAN}


def test_every_type_of_the_list_stands_in_a_clean_line() -> None:
    met = {
        kind for name in CLEAN for _, kind in typed(line_of(clean(name)), "SubstanceAdministration")
    }

    assert TYPES.keys() - met == {"PriorityCode", "LabeledDrug"} - met


def test_every_part_of_the_schema_leaves_a_trace(before: dict[str, Reading]) -> None:
    lost = []
    for injection in injections():
        base = before[injection.name.partition(":")[0]]
        reading = read(injection.document, SITE)
        speaks = told(reading) != told(base) or content(reading) != content(base)
        listed = any(one.location.startswith(injection.location) for one in reading.sources)
        if not speaks and (injection.unread is not None or not listed):
            lost.append(injection.name)

    assert lost == []


def test_a_part_that_is_in_no_list_is_a_finding(before: dict[str, Reading]) -> None:
    silent = []
    for base in CLEAN:
        count = sum(1 for _ in typed(line_of(clean(base)), "SubstanceAdministration"))
        for number in range(count):
            for name in ("@unheard", "unheard"):
                document = clean(base)
                element = [*typed(line_of(document), "SubstanceAdministration")][number][0]
                location = put(element, name)
                if told(read(etree.tostring(document), SITE)) == told(before[base]):
                    silent.append(location)

    assert silent == []


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ('<doseQuantity value="2" unit="mg"><center value="1"/></doseQuantity>', "value-invalid"),
        ('<doseQuantity value="2" unit="mg"/><rateQuantity><center value="1"/></rateQuantity>',
         "value-invalid"),
        (DOSE + '<subject><relatedSubject><code code="NBOR"/></relatedSubject></subject>',
         "patient-contradicted"),
        (DOSE + '<administrationUnitCode code="C42944"/>', "element-unread"),
        (DOSE + '<repeatNumber><low value="3"/></repeatNumber>', "element-unread"),
        (DOSE.replace('value="1"', 'value="1" inclusive="false"', 1), "value-invalid"),
        (DOSE.replace("<low", '<low nullFlavor="UNK"'), "value-invalid"),
    ],
)  # fmt: skip
def test_a_part_left_unread_says_what_it_may_change(stated: str, expected: str) -> None:
    document = DOCUMENT.format(mode=NORMAL, entry=WEEK + stated, product=MATERIAL)

    assert [code for code, _ in told(read(document.encode(), SITE))] == [expected]


@pytest.mark.parametrize(
    "stated",
    [
        '<maxDoseQuantity nullFlavor="UNK"><numerator nullFlavor="UNK"/></maxDoseQuantity>',
        '<rateQuantity nullFlavor="NAV"/>',
        '<approachSiteCode nullFlavor="NA"/>',
        "<maxDoseQuantity><numerator/><denominator/></maxDoseQuantity>",
    ],
)
def test_a_part_that_says_that_it_says_nothing_is_no_doubt(stated: str) -> None:
    document = DOCUMENT.format(mode=NORMAL, entry=WEEK + DOSE + stated, product=MATERIAL)

    assert told(read(document.encode(), SITE)) == []


def test_words_between_the_parts_of_a_line_are_foreign() -> None:
    document = DOCUMENT.format(mode=NORMAL, entry=WEEK + DOSE + "si besoin", product=MATERIAL)

    assert [code for code, _ in told(read(document.encode(), SITE))] == ["element-foreign"]


XSD = {
    "POCD_MT000040.": "SubstanceAdministration EntryRelationship Consumable ManufacturedProduct "
    "LabeledDrug Material Precondition Criterion",
    "COCT_MT230100UV.": "Ingredient",
}
XS = "{http://www.w3.org/2001/XMLSchema}"
GROUPED = {"realmCode", "typeId", "templateId"}
"""The parts of the group InfrastructureRootElements."""


def schema_types(folder: Path) -> dict[str, etree._Element]:
    files = (
        "POCD_MT000040_extended_pharmacy.xsd",
        "general/datatypes-base.xsd",
        "general/datatypes.xsd",
        "pharmacy/COCT_MT230100UV_ext_pharmacy.xsd",
    )
    return {
        found.get("name", ""): found
        for file in files
        for found in etree.parse(folder / file).iter(f"{XS}complexType")
    }


def parts_of(types: dict[str, etree._Element], name: str) -> set[str]:
    """Elements and attributes of a type and of what it extends; a restriction keeps attributes."""
    found = types[name]
    own = {
        (part.get("name") or part.get("ref", "")).rpartition(":")[2]
        for part in found.iter(f"{XS}element")
    }
    attributes = {
        "@" + (part.get("name") or part.get("ref", "")).rpartition(":")[2]: part.get("use")
        for part in found.iter(f"{XS}attribute")
    }
    stated = own | {each for each, use in attributes.items() if use != "prohibited"}
    if found.get("mixed") == "true":
        stated.add("#text")
    if found.find(f".//{XS}group") is not None:
        stated |= GROUPED
    for derived in (*found.iter(f"{XS}extension"), *found.iter(f"{XS}restriction")):
        base = derived.get("base", "").rpartition(":")[2]
        inherited = parts_of(types, base) if base in types else set()
        if derived.tag == f"{XS}restriction":
            inherited = {each for each in inherited if each.startswith("@")}
        stated |= inherited - {each for each, use in attributes.items() if use == "prohibited"}
    return stated


def test_the_closed_list_is_that_of_the_published_schema(external_samples: Path) -> None:
    types = schema_types(external_samples / "french" / "cda" / "xsd")
    named = {short: prefix + short for prefix, names in XSD.items() for short in names.split()}
    named["PriorityCode"] = "CE"

    for ours, parts in TYPES.items():
        theirs = parts_of(types, named.get(ours, ours))
        assert set(parts) == theirs, ours
