"""What can be known of FHIR bytes before they are read: enough to acknowledge and to order."""

from collections.abc import Iterator

from connectors.fhir.form.tree import Object, Unreadable, is_object, load
from connectors.fhir.read import control_id, kind_of, unwrapped
from schemas.connector import Peek

_SUBJECTS = ("MedicationRequest", "MedicationAdministration", "MedicationDispense")
_LOCAL = ("#", "urn:uuid:")
"""References that mean something inside their message alone: the next one names others."""


def peek(data: bytes) -> Peek:
    """The kind, the sender's id, and the patient when the message speaks of one only.

    Empty for bytes that cannot be taken apart. Raises: nothing.
    """
    try:
        root = load(data)
    except Unreadable:
        return Peek()
    content, _ = unwrapped(root)
    return Peek(kind=kind_of(content), control_id=control_id(content), lane=_lane(content))


def _lane(root: Object) -> str | None:
    """The one patient: as an identifier, else as a reference that outlives the message."""
    listed = list(_resources(root))
    patients = dict(_patients(listed))
    subjects = {
        _subject(resource, patients)
        for _, resource in listed
        if resource.get("resourceType") in _SUBJECTS
    }
    return subjects.pop() if len(subjects) == 1 else None


def _resources(root: Object) -> Iterator[tuple[str | None, Object]]:
    """Every resource with its address, and what each contains as `#id`."""
    entries = root.get("entry")
    held: list[tuple[str | None, Object]] = [(None, root)]
    for entry in entries if isinstance(entries, list) else []:
        resource = entry.get("resource") if is_object(entry) else None
        if is_object(entry) and is_object(resource):
            url = entry.get("fullUrl")
            held.append((url if isinstance(url, str) else None, resource))
    for url, resource in held:
        yield url, resource
        contained = resource.get("contained")
        for inner in contained if isinstance(contained, list) else []:
            if is_object(inner):
                yield f"#{inner.get('id')}", inner


def _patients(listed: list[tuple[str | None, Object]]) -> Iterator[tuple[str, str]]:
    """How a message refers to each patient, with the first identifier that they have."""
    for url, resource in listed:
        value = _identifier(resource) if resource.get("resourceType") == "Patient" else None
        if value is not None:
            yield f"Patient/{resource.get('id')}", value
            if url is not None:
                yield url, value


def _identifier(patient: Object) -> str | None:
    given = patient.get("identifier")
    for identifier in given if isinstance(given, list) else []:
        if is_object(identifier) and identifier.get("use") != "old":
            value = identifier.get("value")
            if isinstance(value, str):
                return value
    return None


def _subject(resource: Object, patients: dict[str, str]) -> str | None:
    subject = resource.get("subject")
    if not is_object(subject):
        return None
    identifier, reference = subject.get("identifier"), subject.get("reference")
    value = identifier.get("value") if is_object(identifier) else None
    if isinstance(value, str):
        return value
    if not isinstance(reference, str):
        return None
    return patients.get(reference, None if reference.startswith(_LOCAL) else reference)
