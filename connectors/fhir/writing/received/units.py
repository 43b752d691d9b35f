"""Units, routes and forms of other standards as FHIR names them: UCUM and EDQM, by their tables.

Source: ANS e-prescription IG 1.1.0-ballot, ConceptMaps of units, routes and forms; UCUM.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

from connectors.fhir.writing.people import uri
from mappings.catalogue import has_table, table
from schemas.codes import Coding
from schemas.quantity import Quantity

UCUM, EDQM = "http://unitsofmeasure.org", "http://standardterms.edqm.eu"
_SYSTEMS = {"UCUM": UCUM, "EDQM": EDQM}
_HL7_TABLE = re.compile(r"HL7(\d{4})")
"""How HL7 v2 names a table of its own; its URI is that of HL7 terminology."""
_LIST = "urn:semainier:list:"
UNNAMED = f"{_LIST}unnamed"
"""The list of a unit whose sender names none: a code of a unit needs one (qty-3)."""


def list_uri(name: str | None, form: str) -> str | None:
    """The URI of a list of codes: its own, else one made of the name that its sender gives it.

    One that came as FHIR (`form`) and is a URI stays as it is.
    """
    if name is None:
        return None
    stated = uri(name)
    if form == "fhir" and stated is not None:
        return stated
    of_hl7 = _HL7_TABLE.fullmatch(name)
    if of_hl7 is not None:
        return f"http://terminology.hl7.org/CodeSystem/v2-{of_hl7[1]}"
    known = table("fhir/systems").target_of(name.removeprefix("urn:oid:"))
    return known or stated or f"{_LIST}{quote(name, safe='')}"


@dataclass(frozen=True, slots=True)
class Units:
    """The codes of one format, and of the site that states what its own mean."""

    format: str
    site: str

    def uri(self, name: str | None) -> str | None:
        """The URI of a list that this format names so."""
        return list_uri(name, self.format)

    def coded(self, quantity: Quantity) -> Quantity:
        """The amount in a unit of UCUM or EDQM where a table says which; else as it is."""
        if quantity.code is not None:
            system = self.uri(quantity.system) or UNNAMED
            return quantity.model_copy(update={"system": system})
        row = self._row("units", quantity.unit) or self._ucum(quantity.unit)
        if row is None or self.format == "fhir":
            return quantity
        system, code, words = row
        said = words if system == EDQM else quantity.unit
        return quantity.model_copy(update={"unit": said, "code": code, "system": system})

    def named(self, coding: Coding, kind: str) -> Coding:
        """A route or a form by its EDQM code where a table says which; else with its list as a
        URI. `kind` is the table: `routes` or `forms`.
        """
        free = coding.system is None or coding.system.startswith("SIPh")
        row = self._row(kind, coding.code) if free and self.format == "pn13" else None
        if row is None:
            return coding.model_copy(update={"system": self.uri(coding.system)})
        system, code, words = row
        return Coding(code=code, system=system, display=words)

    def _row(self, kind: str, code: str | None) -> tuple[str, str, str] | None:
        """The system, the code and the words (`EDQM 15054000`, `comprimé`) of a code."""
        name = f"{self.format}/{kind}"
        if code is None or self.format != "pn13" or not has_table(name, self.site):
            return None
        row = table(name, self.site).get(code)
        system, _, target = row.text.partition(" ") if row is not None else ("", "", "")
        if row is None or system not in _SYSTEMS:
            return None
        return _SYSTEMS[system], target, row.target[:1].upper() + row.target[1:]

    def _ucum(self, unit: str | None) -> tuple[str, str, str] | None:
        """A unit that is written as UCUM writes it, or nearly: `mg`, `cm`, `µmol/l`."""
        code = table("fhir/ucum_units").target_of(unit) if unit else None
        return (UCUM, code, unit) if code and unit else None
