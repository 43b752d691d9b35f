"""Nothing is dropped: every field of the standard is declared, and leaves the trace declared.

The fields are those of HL7's own definitions (fhir.resources: R4B, R5, STU3). For each of them a
message holds everything around it, once with it and once without: what the reader makes of the
two must differ, in content or in findings, wherever the field may change a dose.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from builders import REFERENCE
from fhir_fields import (
    EDITIONS,
    Field,
    Path,
    all_fields,
    fields_of,
    filled,
    holder_of,
    leaves,
    nodes,
    place_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.fhir.dosage.read import read_dosages
from connectors.fhir.read import read
from connectors.trail import Trail
from mappings.catalogue import table
from schemas.connector import Reading
from schemas.finding import FindingCode

TREATMENTS = {"use", "words", "line", "beside", "foreign"}
ELEMENTS = {row.code: row.target for row in table("fhir/elements")}
DECLARED = sorted({code.partition(".")[0] for code in ELEMENTS})
OF_DOSAGE = ("Dosage", "Timing", "Quantity", "Ratio", "Range", "Period", "Codea", "Coding")
UNKNOWN = {"url": "http://example.org/unknown", "valueString": "x"}


def treatment(kind: str, field: Field) -> str:
    return ELEMENTS[f"{kind}.{field.name}"]


def into_dosage(kind: str, field: Field) -> bool:
    """Everything below a Dosage."""
    return True


def into_resource(kind: str, field: Field) -> bool:
    """What the resource itself says of a dose: its posology and its references have their own.

    What stands inside itself (sections, actions) is entered once.
    """
    return treatment(kind, field) in ("use", "words") and field.kind != kind


def as_text(value: Any) -> str:
    return json.dumps(value, default=int)


def reading_of(resource: dict[str, Any]) -> Reading:
    return read(as_text(resource).encode(), REFERENCE)


def a_request(dosage: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """A request with nothing to doubt, but what the test adds."""
    return {
        "resourceType": "MedicationRequest",
        "id": "l1",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [
                {
                    "system": "http://data.esante.gouv.fr/ansm/medicament/UCD",
                    "code": "3400892203645",
                    "display": "SPECIMEN 1 MG CPR",
                }
            ]
        },
        "subject": {"identifier": {"system": "urn:oid:1.2.250.1.999", "value": "p1"}},
        "dosageInstruction": [dosage or A_DOSAGE],
        **members,
    }


def an_administration(**members: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationAdministration",
        "id": "a1",
        "status": "completed",
        "medicationCodeableConcept": {"text": "SPECIMEN 1 MG CPR"},
        "subject": {"identifier": {"system": "urn:oid:1.2.250.1.999", "value": "p1"}},
        "effectiveDateTime": "2026-03-02T08:00:00+01:00",
        **members,
    }


A_DOSAGE = {
    "timing": {"repeat": {"when": ["MORN"]}},
    "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
}

Message = Callable[[dict[str, Any]], dict[str, Any]]
ROOTS: dict[str, tuple[Message, str, Any]] = {
    "Dosage": (a_request, "MedicationRequest.dosageInstruction[0]", into_dosage),
    "MedicationRequest": (lambda tree: a_request(**tree), "MedicationRequest", into_resource),
    "MedicationAdministration": (
        lambda tree: an_administration(**tree),
        "MedicationAdministration",
        into_resource,
    ),
}


def of_a_request(**changes: Any) -> dict[str, Any]:
    """A request that refers to the resource `x` of each kind."""
    whole = a_request(
        subject={"reference": "Patient/x"},
        encounter={"reference": "Encounter/x"},
        requester={"reference": "PractitionerRole/x"},
        medicationReference={"reference": "Medication/x"},
        **changes,
    )
    del whole["medicationCodeableConcept"]
    return whole


OTHERS: dict[str, dict[str, Any]] = {
    "Patient": {"identifier": [{"system": "urn:oid:1.2.250.1.999", "value": "p1"}]},
    "Medication": {"code": {"text": "SPECIMEN 1 MG CPR"}},
    "Encounter": {"class": {"code": "IMP"}},
    "PractitionerRole": {
        "practitioner": {"reference": "Practitioner/x"},
        "organization": {"reference": "Organization/x"},
    },
    "Practitioner": {"name": [{"family": "MODELE"}]},
    "Organization": {"name": "EHPAD"},
    "RequestGroup": {"intent": "order"},
}
"""What a request refers to, or is in, with what each needs to be read."""


def beside_a_request(kind: str) -> Message:
    """A message in which the resource of this kind holds what the test puts into it."""

    def message(tree: dict[str, Any]) -> dict[str, Any]:
        held = {one: {"resourceType": one, "id": "x", **own} for one, own in OTHERS.items()}
        held[kind] = {**held.get(kind, {"resourceType": kind, "id": "x"}), **tree}
        for action in held["RequestGroup"].get("action", ()):
            action["resource"] = {"reference": "MedicationRequest/l1"}
        entries = [{"resource": one} for one in (*held.values(), of_a_request())]
        first = [{"resource": held[kind]}] if kind in _HEADS else []
        return {
            "resourceType": "Bundle",
            "type": _HEADS.get(kind, "collection"),
            "entry": [
                *first,
                *(e for e in entries if e["resource"] is not held.get(kind) or not first),
            ],
        }

    return message


_HEADS = {"Composition": "document", "MessageHeader": "message"}
_ABOUT_LINES = (*OTHERS, "Composition", "MessageHeader")
ROOTS.update({kind: (beside_a_request(kind), "Bundle", into_resource) for kind in _ABOUT_LINES})
ROOTS["MedicationDispense"] = (
    lambda tree: {**an_administration(**tree), "resourceType": "MedicationDispense"},
    "MedicationDispense",
    into_resource,
)


def said(reading: Reading) -> tuple[str, set[tuple[str, str, str | None]]]:
    """All that the reading holds but its findings, and its findings, wherever they are."""
    findings: set[tuple[str, str, str | None]] = set()
    tree = json.loads(reading.model_dump_json(exclude={"sources"}))
    return json.dumps(without_findings(tree, findings)), findings


def without_findings(tree: Any, findings: set[tuple[str, str, str | None]]) -> Any:
    if isinstance(tree, list):
        return [without_findings(item, findings) for item in tree]
    if not isinstance(tree, dict):
        return tree
    findings |= {(f["code"], f["location"], f["quoted"]) for f in tree.get("findings", ())}
    return {k: without_findings(v, findings) for k, v in tree.items() if k != "findings"}


def around(root: str, path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """A message that holds everything around a field and the field, and one without the field."""
    message, _, into = ROOTS[root]
    tree = filled(root, path, into)
    whole = as_text(tree)
    del holder_of(tree, path[:-1])[path[-1].name]
    return message(json.loads(whole, parse_float=Decimal)), message(tree)


def cases(root: str, *, of: Any) -> list[Any]:
    return [pytest.param(root, path, id=f"{root}.{place_of(path)}") for path in of]


def leaves_of(root: str) -> list[Path]:
    return list(leaves(root, ROOTS[root][2]))


def is_said_by_words(path: Path) -> bool:
    """The code of a concept that stands in words: they are kept, and the trail has the code.

    `timing.code` is none of them: there the code is what is read. Rates and the lengths of the
    supply are kept in words as well, with their code, and without the list it is from.
    """
    names = [field.name for field in path]
    if names[-2:] in (["coding", "code"], ["coding", "system"]):
        return "timing" not in names and "route" not in names
    worded = ("rate", "dispenseInterval", "expectedSupplyDuration", "initialFill")
    return names[-1] == "system" and any(name.startswith(worded) for name in names)


def owner_of(root: str, path: Path) -> str:
    return path[-2].kind if len(path) > 1 else root


@pytest.mark.parametrize("kind", DECLARED)
def test_every_field_of_every_edition_is_declared_and_nothing_else_is(kind: str) -> None:
    known = {name for edition in EDITIONS for name in fields_of(edition, kind)}

    declared = {code.partition(".")[2] for code in ELEMENTS if code.startswith(f"{kind}.")}

    assert known == declared


def test_every_type_that_a_dosage_holds_is_declared() -> None:
    met = {"Dosage", *(path[-1].kind for path in nodes("Dosage", into_dosage) if path)}

    assert met <= set(DECLARED)


def test_a_declaration_is_one_of_five() -> None:
    assert set(ELEMENTS.values()) == TREATMENTS


@pytest.mark.parametrize(
    ("root", "path"), [case for root in ROOTS for case in cases(root, of=leaves_of(root))]
)
def test_a_field_changes_what_is_read_or_raises_a_finding(root: str, path: Path) -> None:
    whole, lacking = around(root, path)

    reading = reading_of(whole)

    content, findings = said(reading)
    content_without, findings_without = said(reading_of(lacking))
    beside = treatment(owner_of(root, path), path[-1]) == "beside"
    if beside or is_said_by_words(path):
        ends = tuple(place_of(path[-1:]) + rest for rest in ("", "[0]"))
        assert any(source.location.endswith(ends) for source in reading.sources)
    else:
        assert content != content_without or findings - findings_without


@pytest.mark.parametrize(
    ("root", "path"),
    [
        case
        for root in ROOTS
        for case in cases(root, of=leaves_of(root))
        if treatment(owner_of(root, case.values[1]), case.values[1][-1]) != "beside"
    ],
)
def test_an_unknown_extension_of_a_value_is_a_finding(root: str, path: Path) -> None:
    whole, _ = around(root, path)
    before = said(reading_of(whole))[1]
    extra: Any = {"extension": [UNKNOWN]}
    message, _, into = ROOTS[root]
    tree = filled(root, path, into)
    holder_of(tree, path[:-1])[f"_{path[-1].name}"] = [extra] if path[-1].many else extra

    findings = said(reading_of(message(tree)))[1] - before

    assert {quoted for _, _, quoted in findings} == {UNKNOWN["url"]}


@pytest.mark.parametrize(
    ("root", "path"),
    [case for root in ROOTS for case in cases(root, of=nodes(root, ROOTS[root][2]))],
)
@pytest.mark.parametrize("name", ["extension", "modifierExtension"])
def test_an_unknown_extension_anywhere_is_a_finding_and_a_modifier_blocks(
    root: str, path: Path, name: str
) -> None:
    message, _, into = ROOTS[root]
    tree = filled(root, path, into)
    before = reading_of(message(json.loads(as_text(tree), parse_float=Decimal)))
    holder_of(tree, path)[name] = [UNKNOWN]

    after = reading_of(message(tree))

    new = findings_of(after) - findings_of(before)
    if ELEMENTS.get(f"{path[-1].kind if path else root}.{name}") == "beside":
        assert UNKNOWN["url"] in [source.value for source in after.unused]
        return
    assert new
    if name == "modifierExtension":
        blocking = {FindingCode.MODIFIER_UNKNOWN, FindingCode.ELEMENT_FOREIGN}
        assert {code for code, _ in new} & blocking


def findings_of(reading: Reading) -> set[tuple[str, str]]:
    return {(code, location) for code, location, _ in said(reading)[1]}


def test_a_member_that_no_edition_has_blocks_wherever_it_stands() -> None:
    for path in nodes("Dosage", into_dosage):
        tree = filled("Dosage", path, into_dosage)
        holder_of(tree, path)["doseEveryOtherDay"] = 2

        found = findings_of(reading_of(a_request(tree)))

        assert any(
            code == FindingCode.ELEMENT_FOREIGN and place.endswith("doseEveryOtherDay")
            for code, place in found
        ), place_of(path)


def test_the_rules_of_a_sender_stop_every_line() -> None:
    reading = reading_of(a_request(implicitRules="http://example.org/rules"))

    [line] = reading.prescriptions[0].lines
    assert [f.code for f in line.findings] == [FindingCode.MODIFIER_UNKNOWN]


@pytest.mark.parametrize(
    "place",
    [
        "Bundle",
        "Bundle.entry[0]",
        "Bundle.entry[0].request",
        "Bundle.entry[0].resource",
        "Bundle.entry[1].resource",
        "Bundle.entry[2].resource",
        "Bundle.entry[3].resource",
    ],
)
@pytest.mark.parametrize("name", ["implicitRules", "modifierExtension"])
def test_what_changes_the_meaning_anywhere_in_a_bundle_stops_the_line(
    place: str, name: str
) -> None:
    bundle = a_bundle_of_four()
    value: Any = "http://example.org/rules" if name == "implicitRules" else [UNKNOWN]
    holder = bundle
    for step in re.findall(r"entry\[\d]|request|resource", place):
        key, _, rank = step.rstrip("]").partition("[")
        holder = holder[key][int(rank)] if rank else holder[key]
    holder[name] = value

    [prescription] = reading_of(bundle).prescriptions

    [line] = prescription.lines
    found = {f.code for f in (*prescription.findings, *line.findings)}
    assert found & {FindingCode.MODIFIER_UNKNOWN, FindingCode.ELEMENT_FOREIGN}


def a_bundle_of_four() -> dict[str, Any]:
    """A transaction with a request, its patient, its product and its prescriber."""
    request = a_request(requester={"reference": "Practitioner/d1"})
    request["subject"] = {"reference": "Patient/p1"}
    del request["medicationCodeableConcept"]
    request["medicationReference"] = {"reference": "Medication/m1"}
    others: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "p1", "name": [{"family": "ESSAI"}]},
        {"resourceType": "Medication", "id": "m1", "code": {"text": "SPECIMEN 1 MG CPR"}},
        {"resourceType": "Practitioner", "id": "d1", "name": [{"family": "MODELE"}]},
    ]
    entries = [
        {"resource": one, "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}}
        for one in (request, *others)
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


@pytest.mark.parametrize("kind", ["MedicationStatement", "CarePlan"])
def test_other_resources_with_a_dosage_are_refused_alone_and_said_in_a_bundle(kind: str) -> None:
    resource = {"resourceType": kind, "status": "completed", "dosage": [A_DOSAGE]}

    alone = reading_of(resource)
    entries = [{"resource": resource}, {"resource": a_request()}]
    beside = reading_of({"resourceType": "Bundle", "type": "collection", "entry": entries})

    assert [f.code for f in alone.findings] == [FindingCode.MESSAGE_UNSUPPORTED]
    assert FindingCode.ELEMENT_UNREAD in [f.code for f in beside.findings]


def test_a_clean_request_has_no_finding_and_the_fields_are_those_of_all_editions() -> None:
    [prescription] = reading_of(a_request()).prescriptions

    assert prescription.lines[0].findings == ()
    assert prescription.lines[0].posology.phases[0].findings == ()
    assert {"asNeeded", "asNeededBoolean", "doseQuantity"} <= set(all_fields("Dosage"))


NAMES = sorted({code.partition(".")[2] for code in ELEMENTS if code.startswith(OF_DOSAGE)})
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 40),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
    st.sampled_from(["MORN", "mon", "d", "08:00:00", "2026-03-02", "tablet", "BID", "x", ""]),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, "url", "_value", "other"]), inner, max_size=5)
    ),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(dosage=st.dictionaries(st.sampled_from([*NAMES, "other"]), TREES, max_size=6))
def test_whatever_a_dosage_holds_each_value_is_used_or_said_or_known_to_say_nothing(
    dosage: dict[str, Any],
) -> None:
    trail = Trail()

    [phase] = read_dosages([dosage], "D", trail, REFERENCE)

    told = [finding.location for finding in phase.findings]
    for leaf in places_of(dosage, "D[0]"):
        place = re.sub(r"(xtension(\[\d+])?).*", r"\1", leaf)
        silent = {"id", "version", "userSelected"} & set(re.split(r"[.\[\]]", place))
        elsewhere = re.match(r"D\[0]\.(site|route|method)\b", place)
        assert (
            silent
            or elsewhere
            or trail.is_used(place)
            or any(place == one or place.startswith((f"{one}.", f"{one}[")) for one in told)
            or any(one.startswith((f"{place}.", f"{place}[")) for one in told)
        ), place


def places_of(value: Any, at: str) -> list[str]:
    """The place of each value that is not empty."""
    if isinstance(value, dict):
        return [p for name, item in value.items() for p in places_of(item, f"{at}.{name}")]
    if isinstance(value, list):
        return [p for rank, item in enumerate(value) for p in places_of(item, f"{at}[{rank}]")]
    return [] if value is None else [at]
