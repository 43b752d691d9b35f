"""The codes and amounts of a reading in the lists that FHIR and its French guides name."""

import re
from dataclasses import dataclass

from connectors.fhir.writing.people import PRODUCT_SYSTEMS
from connectors.fhir.writing.received.units import Units
from mappings.catalogue import has_table, table
from schemas.codes import Coding, ProductCode, ProductCodeSystem
from schemas.keys import ean13_key
from schemas.prescription import Ingredient, Measure, Product
from schemas.quantity import Quantity, Strength

_SEVEN = re.compile(r"[0-9]{7}")
_THIRTEEN = {
    ProductCodeSystem.UCD7: (ProductCodeSystem.UCD13, "34008"),
    ProductCodeSystem.CIP7: (ProductCodeSystem.CIP13, "34009"),
}
"""The national prefix of each list. Source: arrêté of 30/12/2021: prefix, seven digits, key."""


@dataclass(frozen=True, slots=True)
class Codes:
    """The translation of what is counted and coded, by the tables of one format and site."""

    units: Units

    def amount(self, quantity: Quantity | None) -> Quantity | None:
        """The amount in a unit that FHIR names."""
        return self.units.coded(quantity) if quantity is not None else None

    def listed(self, coding: Coding | None) -> Coding | None:
        """The code with its list as a URI."""
        if coding is None:
            return None
        return coding.model_copy(update={"system": self.units.uri(coding.system)})

    def measure(self, measure: Measure) -> Measure:
        """A measure by its LOINC code, where the ConceptMap has one."""
        row = None
        if self.units.format == "pn13" and has_table("pn13/measures"):
            row = table("pn13/measures", self.units.site).get(measure.code.code)
        code = measure.code.model_copy(update={"system": self.units.uri(measure.code.system)})
        if row is not None:
            code = Coding(code=row.target, system="http://loinc.org", display=None)
        return measure.model_copy(update={"code": code, "value": self.units.coded(measure.value)})

    def product(self, product: Product) -> Product:
        """The product with every code in the list that FHIR names."""
        listed = tuple(self._ingredient(each) for each in product.ingredients)
        codes = tuple(self._code(code) for code in product.codes)
        again = len(listed) == 1 and listed[0] == Ingredient(codes=codes, text=product.text)
        return product.model_copy(
            update={
                "codes": codes,
                "form": self.units.named(product.form, "forms") if product.form else None,
                "strengths": tuple(self._strength(each) for each in product.strengths),
                "ingredients": () if again and self.units.format != "fhir" else listed,
            }
        )

    def _ingredient(self, ingredient: Ingredient) -> Ingredient:
        strength = ingredient.strength
        return ingredient.model_copy(
            update={
                "codes": tuple(self._code(code) for code in ingredient.codes),
                "strength": self._strength(strength) if strength is not None else None,
                "quantity": self.amount(ingredient.quantity),
            }
        )

    def _strength(self, strength: Strength) -> Strength:
        return strength.model_copy(
            update={
                "numerator": self.units.coded(strength.numerator),
                "denominator": self.amount(strength.denominator),
            }
        )

    def _code(self, code: ProductCode) -> ProductCode:
        """The code in the list that French FHIR names: thirteen digits for a code of seven."""
        system, value = code.system, code.value
        if self.units.format == "fhir":
            return code.model_copy(update={"authority": self.units.uri(code.authority)})
        if system in _THIRTEEN and _SEVEN.fullmatch(value):
            system, prefix = _THIRTEEN[system]
            value = f"{prefix}{value}"
            value = f"{value}{ean13_key(value)}"
        authority = PRODUCT_SYSTEMS.get(system) or self.units.uri(code.authority)
        return code.model_copy(update={"system": system, "value": value, "authority": authority})
