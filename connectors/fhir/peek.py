"""What can be known of FHIR bytes before they are read: enough to acknowledge and to order."""

from connectors.fhir.form.tree import Json, Object, Unreadable, is_object, load
from connectors.fhir.read import control_id, kind_of, unwrapped
from schemas.connector import Peek

_SUBJECTS = ("MedicationRequest", "MedicationAdministration", "MedicationDispense")


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
    """The one patient: as an identifier, else as the reference that every order carries."""
    subjects = {_subject(resource) for resource in _resources(root)}
    return subjects.pop() if len(subjects) == 1 else None


def _resources(root: Object) -> list[Object]:
    entries = root.get("entry")
    inside = (
        [e.get("resource") for e in entries if is_object(e)] if isinstance(entries, list) else []
    )
    return [r for r in (root, *inside) if is_object(r) and r.get("resourceType") in _SUBJECTS]


def _subject(resource: Object) -> str | None:
    subject = resource.get("subject")
    if not is_object(subject):
        return None
    identifier = subject.get("identifier")
    value: Json = identifier.get("value") if is_object(identifier) else None
    stated = value if isinstance(value, str) else subject.get("reference")
    return stated if isinstance(stated, str) else None
