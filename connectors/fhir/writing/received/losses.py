"""What of a reading is not in the Bundle that was written: found by reading the Bundle again.

Nothing is taken on trust: each field that does not come back must stand in the element that
carries it, or it is a loss, with its reason. The tables below name these elements and reasons.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeAlias, TypeVar

from connectors.fhir.form.tree import Object
from connectors.fhir.writing.people import PRODUCT_SYSTEMS
from connectors.fhir.writing.received.compare import Leaf, missing
from connectors.fhir.writing.received.found import stands_in
from connectors.fhir.writing.received.line import is_alternative
from schemas.base import Value, plain_decimal
from schemas.codes import ProductCodeSystem
from schemas.conversion import Loss, LossArea, LossReason
from schemas.dispense import DispenseStatus
from schemas.prescription import Line, LineAction

_T = TypeVar("_T")
_CARRIERS = (
    ("product", "Medication"),
    ("ordered", "MedicationDispense.note"),
    ("measures", "Observation"),
    ("stay.visit", "Encounter.identifier MedicationRequest.encounter"),
    ("stay", "Encounter Location Organization MedicationRequest.supportingInformation"),
    ("patient", "Patient MedicationRequest.subject MedicationAdministration.subject"),
    ("patient", "MedicationDispense.subject"),
    ("merged", "Patient"),
    ("occurred_at", "Encounter.period"),
    ("prescriber", "Practitioner MedicationRequest.requester Organization"),
    ("establishment", "Organization PractitionerRole MedicationRequest.requester"),
    ("author", "Practitioner MedicationAdministration.performer"),
    ("dispensed_by", "Practitioner MedicationDispense.performer"),
    ("dispenser", "Organization MedicationDispense.performer"),
    ("identifiers", "MedicationRequest RequestGroup.identifier"),
    ("identifiers", "MedicationAdministration.identifier MedicationDispense.identifier"),
    ("chain.group", "MedicationRequest.groupIdentifier RequestGroup.groupIdentifier"),
    ("authored_at", "RequestGroup.authoredOn"),
    ("notes", "RequestGroup.note"),
    ("chain.version", "MedicationRequest.meta RequestGroup.meta"),
    ("event.at", "MedicationRequest.authoredOn MedicationRequest.extension"),
    ("lots", "Medication.batch"),
    ("chain.replaces", "RequestGroup.replaces MedicationRequest.priorPrescription"),
    ("links.line", "RequestGroup.action MedicationRequest.priorPrescription"),
    ("links.line", "MedicationRequest.basedOn"),
    ("text", "MedicationRequest.note MedicationRequest.extension MedicationDispense.note"),
    ("indication", "MedicationRequest.note MedicationRequest.reasonCode"),
    ("notes", "MedicationRequest.note MedicationRequest.statusReason MedicationRequest.dispense"),
    ("notes", "MedicationRequest.supportingInformation MedicationRequest.dosageInstruction"),
    ("notes", "MedicationRequest.extension Practitioner"),
    ("posology.text", "MedicationRequest.extension MedicationRequest.note"),
    ("posology.phases.text", "MedicationRequest.dosageInstruction.text"),
    ("posology.phases.instructions", "MedicationRequest.note MedicationRequest.dosageInstruction"),
    ("posology.phases.instructions", "MedicationRequest.extension MedicationRequest.reasonCode"),
    ("effective_at", "MedicationRequest.extension"),
    ("route", "MedicationRequest.dosageInstruction.route"),
    ("line", "MedicationAdministration.request MedicationDispense.authorizingPrescription"),
    ("reason", "MedicationAdministration.statusReason MedicationDispense.statusReason"),
    ("planned_at", "MedicationAdministration.effective MedicationDispense.dosageInstruction"),
    ("note", "MedicationAdministration.note MedicationDispense.note"),
    ("dispensed_at", "MedicationDispense.whenHandedOver"),
    ("prepared_at", "MedicationDispense.whenPrepared"),
    ("quantity", "MedicationDispense.quantity"),
    ("days_of_supply", "MedicationDispense.daysSupply"),
    ("substitution", "MedicationDispense.substitution"),
)
"""Elements that our reader does not read back into the same field, and that may carry it. What
says how much and when has none: it comes back, or it is lost.
"""
_REASONS = (
    ("action", LossReason.STATE_ONLY),
    ("event", LossReason.STATE_ONLY),
    ("kind", LossReason.NO_PLACE),
    ("chain.complete", LossReason.NO_PLACE),
    ("corrects", LossReason.NO_PLACE),
    ("planned_at", LossReason.NO_PLACE),
    ("measures.recorded_at", LossReason.NO_PLACE),
    ("patient.identity_status", LossReason.NO_PLACE),
    ("links.kind", LossReason.NO_PLACE),
    ("posology", LossReason.SAID_LESS),
    ("product", LossReason.NO_PLACE),
)
_AREAS = (
    ("posology.phases.dose", LossArea.DOSE),
    ("posology.phases.limits", LossArea.DOSE),
    ("posology.phases.text", LossArea.WORDS),
    ("posology.phases.instructions", LossArea.WORDS),
    ("posology.phases", LossArea.TIME),
    ("posology.text", LossArea.WORDS),
    ("route", LossArea.DOSE),
    ("quantity", LossArea.DOSE),
    ("authored_at", LossArea.TIME),
    ("effective_at", LossArea.TIME),
    ("taken_at", LossArea.TIME),
    ("recorded_at", LossArea.TIME),
    ("planned_at", LossArea.TIME),
    ("product", LossArea.PRODUCT),
    ("patient", LossArea.IDENTITY),
    ("status", LossArea.ORDER),
    ("action", LossArea.ORDER),
    ("event", LossArea.ORDER),
    ("links", LossArea.ORDER),
    ("chain", LossArea.ORDER),
    ("supplied", LossArea.ORDER),
    ("renewals", LossArea.ORDER),
    ("substitution_allowed", LossArea.ORDER),
    ("urgent", LossArea.ORDER),
    ("kind", LossArea.ORDER),
    ("identifiers", LossArea.ORDER),
    ("prescriber", LossArea.PEOPLE),
    ("establishment", LossArea.PEOPLE),
    ("stay", LossArea.PEOPLE),
    ("author", LossArea.PEOPLE),
    ("notes", LossArea.WORDS),
    ("note", LossArea.WORDS),
    ("text", LossArea.WORDS),
    ("indication", LossArea.WORDS),
)


class Written(NamedTuple):
    """One line or one fact: as it was to be said, as it is read again, and its resources."""

    given: Value
    again: Value | None
    location: str
    resources: list[Object]


def losses_of(written: Written) -> Iterator[Loss]:
    """Each field that neither comes back nor stands in the element that carries it."""
    for leaf in (*missing(written.given, written.again), *_not_in_force(written)):
        if not _is_carried(leaf, written):
            yield Loss(
                location=written.location,
                field=leaf.field,
                value=_words(leaf.value),
                reason=_of(leaf.field, _REASONS) or LossReason.NO_PLACE,
                area=area_of(leaf.field),
            )


def area_of(field: str) -> LossArea:
    """What a field is about."""
    return _of(field, _AREAS) or LossArea.OTHER


def _of(field: str, rows: tuple[tuple[str, _T], ...]) -> _T | None:
    return next(_all_of(field, rows), None)


def _all_of(field: str, rows: tuple[tuple[str, _T], ...]) -> Iterator[_T]:
    return (found for start, found in rows if field == start or field.startswith(f"{start}."))


def _not_in_force(written: Written) -> Iterator[Leaf]:
    """The start of an order, which is the default of ours, where the request is of no status."""
    line = written.given
    requests = (r for r in written.resources if r["resourceType"] == "MedicationRequest")
    unknown = any(request.get("status") == "unknown" for request in requests)
    if unknown and isinstance(line, Line) and (line.action, line.status) == _UNSAID:
        yield Leaf("action", LineAction.START)


_UNSAID = (LineAction.START, None)


def _is_carried(leaf: Leaf, written: Written) -> bool:
    last = ".".join(leaf.field.rsplit(".", 2)[-2:])
    own = _BY_MEANING.get(leaf.field) or _BY_MEANING.get(f"*.{last}")
    if own is not None and own(leaf, written):
        return True
    within = " ".join(_all_of(leaf.field, _CARRIERS))
    return bool(within) and stands_in(leaf.value, written.resources, within)


def _action(leaf: Leaf, written: Written) -> bool:
    """An order in force is an active request; the lines of an alternative are options."""
    line = written.given
    return isinstance(line, Line) and is_alternative(line)


def _default(leaf: Leaf, _: Written) -> bool:
    """What FHIR means where it says nothing: the pharmacy supplies."""
    return leaf.value is True


def _priority(_: Leaf, written: Written) -> bool:
    return any(resource.get("priority") for resource in written.resources)


def _by_weight(_: Leaf, __: Written) -> bool:
    """The unit of the rate says so."""
    return True


def _list(leaf: Leaf, written: Written) -> bool:
    """The list of a product code, by its URI; that of a local one is its authority."""
    system = PRODUCT_SYSTEMS.get(ProductCodeSystem(str(leaf.value)))
    return system is None or stands_in(system, written.resources, "Medication")


def _told(_: Leaf, __: Written) -> bool:
    """The type or the system of the identifier says it, whose value is looked for by itself."""
    return True


_Meaning: TypeAlias = Callable[[Leaf, Written], bool]
_BY_MEANING: dict[str, _Meaning] = {
    "*.codes.system": _list,
    "*.identifiers.kind": _told,
    "identifiers.kind": _told,
    "*.visit.kind": _told,
    "action": _action,
    "supplied": _default,
    "urgent": _priority,
    "posology.phases.dose.per_body": _by_weight,
    "status": lambda leaf, written: (
        stands_in(leaf.value, written.resources, "MedicationRequest.status")
        or isinstance(leaf.value, DispenseStatus)
    ),
    "product.ingredients.refers": lambda _, written: any(
        "fr-basis-of-dose-component" in str(r.get("dosageInstruction")) for r in written.resources
    ),
    "patient.given_names": lambda leaf, written: all(
        stands_in(word, written.resources, "Patient.name") for word in str(leaf.value).split()
    ),
    "chain.group.authority": lambda leaf, written: stands_in(
        leaf.value, written.resources, "MedicationRequest.groupIdentifier"
    ),
}
"""Fields that are said in another way than by their own value."""


def _words(value: object) -> str:
    if isinstance(value, Decimal):
        return plain_decimal(value)
    return value.isoformat() if isinstance(value, date) else str(value)
