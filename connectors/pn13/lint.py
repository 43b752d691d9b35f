"""A PN13 file against what is public of its standard."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors.markup import local_name, namespace, place, places
from connectors.pn13.connector import NAMESPACE
from connectors.pn13.encoding import open_document
from connectors.pn13.names import known_names
from connectors.pn13.tree import folded
from schemas.finding import Finding, FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

_DATE = re.compile(r"[0-9]{8}(?:[0-9]{2}){0,3}")
_ENVELOPE = folded("Messages")
_REQUIRED = {
    folded("M_Prescription_médicaments"): ("Patient", "Prescription"),
    folded("M_Compte_rendu_analyse_pharm"): ("Patient", "Compte_rendu_pharm"),
    folded("Prescription"): ("Dh_prescription", "Elément_prescr_médic"),
    folded("Elément_prescr_médic"): ("Id_élément_prescr", "Composant_prescrit"),
    folded("Elément_prescr_pharm"): ("Id_élément_prescr", "Validation_pharm"),
}
"""Elements that every published message of the kind has."""


def lint(data: bytes) -> tuple[Finding, ...]:
    """Where the file departs from the public part of PN13: envelope, namespace, names, dates.

    The schema is not public: an empty result does not say that the file is valid.
    """
    root, findings = open_document(data)
    if root is None:
        return findings
    return (*findings, *_envelope(root), *_elements(root))


def _envelope(root: "_Element") -> Iterator[Finding]:
    here = place(root)
    if folded(local_name(root)) != _ENVELOPE:
        yield _finding(FindingCode.STRUCTURE_INVALID, here, "the root must be Messages")
    if namespace(root) != NAMESPACE:
        yield _finding(FindingCode.STRUCTURE_INVALID, here, f"the namespace must be {NAMESPACE}")
    attributes = {folded(str(name)): str(value) for name, value in root.attrib.items()}
    if not attributes.get("phast-id_message"):
        yield _finding(FindingCode.STRUCTURE_INVALID, here, "Phast-id_message is missing")
    sent = attributes.get("phast-dh_emission")
    if sent is not None and not _DATE.fullmatch(sent):
        yield _finding(
            FindingCode.VALUE_INVALID,
            f"{here}/@Phast-dh_émission",
            "must be AAAAMMJJ[HH[MM[SS]]]",
            sent,
        )


def _elements(root: "_Element") -> Iterator[Finding]:
    for element, here in places(root):
        name = folded(local_name(element))
        text = (element.text or "").strip()
        if name not in known_names():
            rule = "not among the public element names of PN13"
            yield _finding(FindingCode.ELEMENT_UNREAD, here, rule, local_name(element))
        if text and _is_date(name) and not _DATE.fullmatch(text):
            rule = "must be AAAAMMJJ[HH[MM[SS]]]"
            yield _finding(FindingCode.VALUE_INVALID, here, rule, text)
        present = {folded(local_name(child)) for child in element.iterchildren("*")}
        for required in _REQUIRED.get(name, ()):
            if folded(required) not in present:
                rule = f"{required} is missing"
                yield _finding(FindingCode.ELEMENT_MISSING, here, rule)


def _is_date(name: str) -> bool:
    return name.startswith("dh_") or name == "date_naissance"


def _finding(code: FindingCode, location: str, message: str, quoted: str | None = None) -> Finding:
    return Finding(code=code, location=location, message=message, quoted=quoted)
