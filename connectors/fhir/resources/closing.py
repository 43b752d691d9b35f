"""What of an element nothing took: each such value is a finding, by two closed tables.

`fhir/elements` says of every element of R4, and of those that STU3 and R5 have besides, what
becomes of it; `fhir/extensions` says what each known extension means. The trail proves the use.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.fhir.form.shapes import PRIMITIVES, shapes_of
from connectors.fhir.form.values import Doubts, Element
from mappings.catalogue import table
from schemas.finding import FindingCode

_ADDED = {
    "Dosage.asNeeded": "boolean",
    "Dosage.asNeededFor": "CodeableConcept",
    "Dosage.doseQuantity": "Quantity",
    "Dosage.doseRange": "Range",
    "Dosage.rateRatio": "Ratio",
    "Dosage.rateRange": "Range",
    "Dosage.rateQuantity": "Quantity",
}
"""Types of what STU3 and R5 have in a Dosage and R4 has not."""
_AREAS = {
    "timing": FindingCode.TIMING_UNSUPPORTED,
    "doseAndRate": FindingCode.DOSE_UNSUPPORTED,
    "doseQuantity": FindingCode.DOSE_UNSUPPORTED,
    "doseRange": FindingCode.DOSE_UNSUPPORTED,
    "rateRatio": FindingCode.DOSE_UNSUPPORTED,
    "rateRange": FindingCode.DOSE_UNSUPPORTED,
    "rateQuantity": FindingCode.DOSE_UNSUPPORTED,
    "maxDosePerPeriod": FindingCode.DOSE_UNSUPPORTED,
    "maxDosePerAdministration": FindingCode.DOSE_UNSUPPORTED,
    "maxDosePerLifetime": FindingCode.DOSE_UNSUPPORTED,
}
"""What is unread here: elsewhere it may matter, in timing and dose it blocks. Their elements may
hold no modifier extension in FHIR, so senders put what changes the meaning into plain ones."""
_CODES = {code.value: code for code in FindingCode}
_BESIDE, _ELSEWHERE, _FOREIGN = "beside", "line", "foreign"
_READ, _HARMLESS = "read", "harmless"


def close(element: Element, kind: str) -> None:
    """Say what of this element of this type nothing used, once everything that reads it has.

    A value that no field took, an extension that is not known to be harmless, a member that no
    edition of the standard has, and every modifier extension of a Dosage, at any depth.
    """
    _Closing(element.doubts, kind).members(element.members, kind, element.at, None)


def set_aside(element: Element, gives: str) -> None:
    """Mark every value below as used: something read it whole, and a finding says why."""
    _mark(element.members, element.at, element.doubts, gives)


def _mark(value: object, at: str, doubts: Doubts, gives: str) -> None:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if "xtension" not in name:
                _mark(item, f"{at}.{name}", doubts, gives)
    elif isinstance(value, list):
        for rank, item in enumerate(value):
            _mark(item, f"{at}[{rank}]", doubts, gives)
    else:
        doubts.trail.used(at, gives)


@dataclass(frozen=True, slots=True)
class _Closing:
    """One walk. A resource has been conformed, and its modifiers found, before it is read."""

    doubts: Doubts
    root: str

    def members(
        self, tree: Mapping[str, object], kind: str, at: str, area: FindingCode | None
    ) -> None:
        for name, item in tree.items():
            here = f"{at}.{name}"
            if name in ("extension", "modifierExtension"):
                if table("fhir/elements").target_of(f"{kind}.{name}") == _BESIDE:
                    continue
                self.extensions(item, here, area, modifier=name != "extension")
            elif item is not None and name != "resourceType":
                self.member(name, item, kind, here, area)

    def member(
        self, name: str, item: object, kind: str, here: str, area: FindingCode | None
    ) -> None:
        plain = name.removeprefix("_")
        treatment = table("fhir/elements").target_of(f"{kind}.{plain}")
        type_ = _type_of(kind, plain)
        extra = plain != name
        if type_ is None or treatment in (None, _FOREIGN) or (extra and type_ not in PRIMITIVES):
            rule = "no edition of FHIR that we read has this element here"
            self.doubts.say(FindingCode.ELEMENT_FOREIGN, here, rule)
        elif extra:
            self.sibling(item, here, area or _AREAS.get(plain))
        elif treatment == _ELSEWHERE and self.root == "Dosage":
            self.values(item, type_, here, None, taken=True)
        elif treatment not in (_BESIDE, _ELSEWHERE):
            self.values(item, type_, here, area or _AREAS.get(name), taken=False)

    def values(
        self, item: object, kind: str, here: str, area: FindingCode | None, *, taken: bool
    ) -> None:
        if isinstance(item, list):
            for rank, one in enumerate(item):
                self.values(one, kind, f"{here}[{rank}]", area, taken=taken)
        elif isinstance(item, Mapping) and kind not in PRIMITIVES:
            closing = _Taken(self.doubts, self.root) if taken else self
            closing.members(item, kind, here, area)
        elif item is None:
            self.doubts.invalid(here, "a list must hold no null")
        elif kind in PRIMITIVES:
            self.leaf(item, here, area)

    def leaf(self, item: object, here: str, area: FindingCode | None) -> None:
        if not self.doubts.trail.is_used(here):
            rule = "the value is not read"
            self.doubts.say(area or FindingCode.ELEMENT_UNREAD, here, rule, item)

    def sibling(self, item: object, here: str, area: FindingCode | None) -> None:
        """What stands beside a primitive value: an id, which says nothing, and extensions."""
        if isinstance(item, list):
            for rank, one in enumerate(item):
                self.sibling(one, f"{here}[{rank}]", area)
        elif isinstance(item, Mapping):
            for name, inner in item.items():
                if name == "extension":
                    self.extensions(inner, f"{here}.{name}", area, modifier=False)
                elif name != "id":
                    rule = "beside a value only an id and extensions may stand"
                    self.doubts.say(FindingCode.ELEMENT_FOREIGN, f"{here}.{name}", rule)
        elif item is not None:
            self.doubts.invalid(here, "must hold extensions only", item)

    def extensions(
        self, given: object, here: str, area: FindingCode | None, *, modifier: bool
    ) -> None:
        if not isinstance(given, list):
            self.doubts.invalid(here, "must be a list of extensions")
        listed = given if isinstance(given, list) else ()
        for rank, extension in enumerate(listed):
            at = f"{here}[{rank}]"
            if not isinstance(extension, Mapping):
                self.doubts.invalid(at, "must be an extension", extension)
            elif not modifier:
                self.extension(extension, at, area)
            elif self.root == "Dosage":
                rule = "the modifierExtension is not known"
                url = extension.get("url")
                self.doubts.say(FindingCode.MODIFIER_UNKNOWN, f"{at}.url", rule, url)

    def extension(self, extension: Mapping[str, object], at: str, area: FindingCode | None) -> None:
        url = extension.get("url")
        row = table("fhir/extensions").get(str(url))
        if row is not None and row.target == _HARMLESS:
            self.doubts.trail.used(f"{at}.url", row.text)
        elif row is not None and row.target == _READ and self.doubts.trail.is_used(f"{at}.url"):
            self.known(extension, at, area)
        elif row is not None and row.target != _READ:
            self.doubts.say(_CODES[row.target], f"{at}.url", row.text, url)
        elif "cycl" in str(extension).lower():
            rule = "the extension states a cycle, which is not read"
            self.doubts.say(FindingCode.TIMING_UNSUPPORTED, f"{at}.url", rule, url)
        else:
            rule = "the extension is not known, and may change what is meant"
            self.doubts.say(area or FindingCode.ELEMENT_UNREAD, f"{at}.url", rule, url)

    def known(self, extension: Mapping[str, object], at: str, area: FindingCode | None) -> None:
        """An extension that a reader took: what of its value it left."""
        for name, item in extension.items():
            here, kind = f"{at}.{name}", name.removeprefix("value")
            if name in ("extension", "_url"):
                self.extensions(item, here, area, modifier=False)
            elif kind != name:
                small = kind[0].lower() + kind[1:]
                self.values(item, small if small in PRIMITIVES else kind, here, area, taken=False)


class _Taken(_Closing):
    """A walk through what another reader takes: extensions and foreign members alone count."""

    def leaf(self, item: object, here: str, area: FindingCode | None) -> None:
        """Nothing: the reader of the line says what becomes of it."""


def _type_of(kind: str, name: str) -> str | None:
    added = _ADDED.get(f"{kind}.{name}")
    shape = (shapes_of(kind) or {}).get(name)
    return added or (shape.type if shape else None)
