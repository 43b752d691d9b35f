"""Professionals and establishments, as resources or as references alone.

Source: FHIR R4 Practitioner, PractitionerRole, Organization; FR Core 2.2.0 for their identifiers.
"""

from connectors.fhir.form.values import Doubts, Element
from connectors.fhir.resources.closing import close
from connectors.fhir.resources.concepts import read_coding, read_identifiers
from connectors.fhir.resources.package import Package
from connectors.fhir.resources.people import reference_identifiers
from connectors.fhir.resources.resource import Resource
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.people import Identifier, IdentifierKind, Organization, Practitioner
from schemas.site import Site

_ESTABLISHMENT = (IdentifierKind.FINESS, IdentifierKind.IDNST)
_HIGHEST = 8
"""Organisations around a department that are looked at."""
_PAST_NAMES = ("old", "temp", "anonymous", "nickname")


def read_practitioner(
    reference: Element | None,
    within: Resource,
    package: Package,
    site: Site,
    doubts: Doubts,
    unresolved: FindingCode = FindingCode.PRESCRIBER_MISSING,
) -> tuple[Practitioner | None, Organization | None]:
    """The professional that a reference leads to, and the establishment of their role.

    `unresolved` is what is said of a reference that leads nowhere and carries no identifier.
    """
    if reference is None:
        return None, None
    found = package.resolve(reference, within, "prescriber")
    match found.kind if found else None:
        case "Practitioner" if found:
            return _practitioner(found, package, site, doubts), None
        case "PractitionerRole" if found:
            return _in_role(found, package, site, doubts)
        case "Organization" if found:
            return None, read_organization(found, package, site, doubts)
    return _named_by(reference, site, doubts, unresolved), None


def _named_by(
    reference: Element, site: Site, doubts: Doubts, unresolved: FindingCode
) -> Practitioner | None:
    """What the reference alone says: enough with an identifier, else said as unresolved."""
    identifiers = reference_identifiers(reference, site, "prescriber.identifiers")
    name = reference.text("display", "prescriber.family_name")
    target = reference.members.get("reference")
    if target is not None and not any(i.authority for i in identifiers):
        rule = "leads to no professional of this message"
        doubts.say(unresolved, reference.path("reference"), rule, target)
    if not identifiers and name is None:
        return None
    return Practitioner(identifiers=identifiers, family_name=name, location=reference.at)


def _practitioner(
    resource: Resource,
    package: Package,
    site: Site,
    doubts: Doubts,
    profession: Coding | None = None,
) -> Practitioner:
    made = package.once(resource, lambda: _read_practitioner(resource, site), "practitioner")
    resource.tell(doubts)
    if profession is None:
        return made
    return made.model_copy(update={"profession": profession})


def _read_practitioner(resource: Resource, site: Site) -> Practitioner:
    element = resource.element
    own = read_identifiers(element, site, "prescriber.identifiers")
    named = (Identifier(value=resource.reference),) if resource.reference and not own else ()
    name = _name_in_use(element)
    given = [text for text, _ in name.texts("given", "prescriber.given_name")] if name else []
    titles = (q.child("code") for q in element.children("qualification"))
    coded = [read_coding(title, "prescriber.profession") for title in titles]
    _check_in_use(element)
    close(element, "Practitioner")
    return Practitioner(
        identifiers=(*own, *named),
        family_name=_family(name) if name else None,
        given_name=given[0] if given else None,
        profession=next((code for code in coded if code), None),
        location=element.at,
    )


def _name_in_use(element: Element) -> Element | None:
    """The name that the professional uses: no old one, and `usual` or `official` first."""
    names = [n for n in element.children("name") if n.members.get("use") not in _PAST_NAMES]
    ranks = {"usual": 0, "official": 1}
    return min(names, key=lambda n: ranks.get(str(n.members.get("use")), 2), default=None)


def _family(name: Element) -> str | None:
    return name.text("family", "prescriber.family_name") or name.text(
        "text", "prescriber.family_name"
    )


def _check_in_use(element: Element) -> None:
    if element.truth("active", "prescriber") is False:
        rule = "the record of this professional or establishment is not in use"
        element.say(FindingCode.ELEMENT_UNREAD, "active", rule, "false")


def _in_role(
    role: Resource, package: Package, site: Site, doubts: Doubts
) -> tuple[Practitioner | None, Organization | None]:
    element = role.element
    coded = [read_coding(code, "prescriber.profession") for code in element.children("code")]
    profession = next((code for code in coded if code), None)
    person = element.child("practitioner")
    found = package.resolve(person, role, "prescriber") if person else None
    organization = element.child("organization")
    employer = organization_of(organization, role, package, site, doubts)
    package.once(role, lambda: _close_role(element), "role")
    role.tell(doubts)
    if found is not None and found.kind == "Practitioner":
        return _practitioner(found, package, site, doubts, profession), employer
    own = read_identifiers(element, site, "prescriber.identifiers")
    said = reference_identifiers(person, site, "prescriber.identifiers")
    name = person.text("display", "prescriber.family_name") if person else None
    if not own and not said and name is None:
        return None, employer
    made = Practitioner(
        identifiers=(*own, *said),
        family_name=name,
        profession=profession,
        location=element.at,
    )
    return made, employer


def _close_role(element: Element) -> None:
    _check_in_use(element)
    close(element, "PractitionerRole")


def read_organization(
    resource: Resource, package: Package, site: Site, doubts: Doubts
) -> Organization:
    """The establishment that this resource describes, or that it is a part of.

    A department that has no FINESS of its own belongs to the establishment that has.
    """
    first = made = _organization(resource, package, site, doubts)
    holder = resource
    for _ in range(_HIGHEST):
        if _has_finess(made):
            return made
        above = holder.element.child("partOf")
        found = package.resolve(above, holder, "establishment") if above else None
        if found is None or found.kind != "Organization":
            break
        holder, made = found, _organization(found, package, site, doubts)
    return first


def _has_finess(organization: Organization) -> bool:
    return any(each.kind in _ESTABLISHMENT for each in organization.identifiers)


def _organization(resource: Resource, package: Package, site: Site, doubts: Doubts) -> Organization:
    made = package.once(resource, lambda: _read_organization(resource, site), "organization")
    resource.tell(doubts)
    return made


def _read_organization(resource: Resource, site: Site) -> Organization:
    element = resource.element
    made = Organization(
        identifiers=read_identifiers(element, site, "establishment.identifiers"),
        name=element.text("name", "establishment.name"),
        location=element.at,
    )
    _check_in_use(element)
    close(element, "Organization")
    return made


def organization_of(
    reference: Element | None, within: Resource, package: Package, site: Site, doubts: Doubts
) -> Organization | None:
    """The establishment that a reference leads to, or what the reference alone says."""
    if reference is None:
        return None
    found = package.resolve(reference, within, "establishment")
    if found is not None and found.kind == "Organization":
        return read_organization(found, package, site, doubts)
    identifiers = reference_identifiers(reference, site, "establishment.identifiers")
    name = reference.text("display", "establishment.name")
    if not identifiers and name is None:
        return None
    return Organization(identifiers=identifiers, name=name, location=reference.at)
