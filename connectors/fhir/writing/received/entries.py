"""The entries of a converted message: resources keep the names that their sender gave them."""

import re

from connectors.fhir.form.tree import Object
from connectors.fhir.writing.outgoing import Entries
from connectors.fhir.writing.people import is_reference, write_identifier
from schemas.people import Identifier

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def absent() -> Object:
    """What stands where FHIR requires an element and the sender said nothing."""
    return {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}


def own_id(kind: str, identifiers: tuple[Identifier, ...]) -> Object:
    """The id that the resource had with its sender (`Patient/p1`), as the start of a resource."""
    for identifier in identifiers:
        name, _, key = identifier.value.partition("/")
        if is_reference(identifier) and name == kind and _ID.fullmatch(key):
            return {"resourceType": kind, "id": key}
    return {"resourceType": kind}


def by_name(identifiers: tuple[Identifier, ...], kind: str | None = None) -> Object | None:
    """A reference by what its sender calls the target, when that is one name of each sort: an
    identifier, a reference, or both. `None` when several identifiers name it.
    """
    names = [each.value for each in identifiers if is_reference(each) and leads_to(each, kind)]
    business = [each for each in identifiers if each.value not in names]
    if not identifiers or len(business) > 1 or len(names) > 1:
        return None
    reference: Object = {"reference": names[0]} if names else {}
    identifier: Object = {"identifier": write_identifier(business[0])} if business else {}
    plain = kind is None or (names and names[0].partition("/")[0] != kind)
    return reference | ({} if plain else {"type": kind}) | identifier


def leads_to(name: Identifier, kind: str | None) -> bool:
    """Whether a reference can lead to this type of resource: its own type says so, or nothing."""
    return kind is None or ":" in name.value or name.value.partition("/")[0].startswith(kind)


def add(out: Entries, resource: Object) -> Object:
    """A reference to the resource; the same contents are one resource of the message."""
    return out.add(repr(resource), resource)
