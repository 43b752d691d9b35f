"""How much: the quantity of one intake, the rate, and the unit `dose`."""

from dataclasses import dataclass

from connectors.pn13 import values
from connectors.pn13.product import Component
from connectors.pn13.tree import Cursor
from schemas.finding import FindingCode
from schemas.posology import Dose
from schemas.quantity import Quantity

_PER_BODY = ("/kg", "/m2")


@dataclass(frozen=True, slots=True)
class Dosing:
    """Reads amounts of one line, whose unit `dose` stands for a quantity of its components."""

    components: tuple[Component, ...]

    def dose(self, at: Cursor) -> Dose | None:
        """The dose of a posology element; `None` when it states neither amount nor rate."""
        stated = list(at.children("Quantité"))
        if len([one for one in stated if next(one.unread(), None) is not None]) > 1:
            at.doubt(FindingCode.DOSE_SEVERAL, "Quantité is stated more than once")
        amount = self.amount(stated[0], "dose") if stated else None
        rate = rate_of(at)
        if amount is None and rate is None:
            return None
        if amount is not None and rate is not None:
            at.doubt(FindingCode.DOSE_RATE, "Débit beside Quantité: the amount runs in", rate)
        unit = (amount.unit_label or "") if amount else ""
        return Dose(
            low=amount,
            high=amount,
            rate=rate,
            per_body=any(body in f"{unit} {rate or ''}" for body in _PER_BODY),
        )

    def amount(self, at: Cursor, gives: str) -> Quantity | None:
        """The quantity as sent, or what the unit `dose` stands for."""
        stated = values.quantity(at, gives)
        if stated is None or stated.unit != "dose":
            return stated
        return self._counted(at, stated)

    def _counted(self, at: Cursor, stated: Quantity) -> Quantity:
        """`dose` is the quantity of the only component, else of the one that the posology
        refers to, else of the vehicle, else the preparation itself.

        Source: ANS e-prescription IG, page Transformation PN13 vers FHIR, "Unité dose".
        """
        one = self._reference(at)
        if one is None:
            return stated
        if one.quantity is None:
            at.doubt(
                FindingCode.UNIT_UNKNOWN,
                "the unit dose needs Quantité_composant_prescrite of its component",
                "dose",
            )
            return stated
        return one.quantity.model_copy(update={"value": stated.value * one.quantity.value})

    def _reference(self, at: Cursor) -> Component | None:
        if len(self.components) == 1:
            return self.components[0]
        referred = [component for component in self.components if component.refers]
        chosen = referred or [component for component in self.components if component.carrier]
        if len(chosen) > 1:
            at.doubt(FindingCode.DOSE_SEVERAL, "the unit dose counts several components", "dose")
        return chosen[0] if chosen else None


def rate_of(at: Cursor) -> str | None:
    """The rate as words, number and unit as sent."""
    number = at.take("Débit", "Nombre", gives="dose.rate")
    if number is None:
        return None
    unit = at.child("Débit", "Unité")
    if unit is None or unit.taken("dose.rate") is None:
        return number.text
    unit.attribute("Phast-nomenclature", "dose.rate")
    return f"{number.text} {unit.text}"
