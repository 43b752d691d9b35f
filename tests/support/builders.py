"""Builders of canonical values for tests: each argument says what matters to the test."""

from collections.abc import Sequence
from datetime import time
from decimal import Decimal

from mappings.catalogue import load_site
from schemas.moment import Moment, MomentTime
from schemas.people import Identifier, IdentifierKind, Patient
from schemas.posology import Bounds, Dose, Frequency, Phase, Posology, Rhythm, Times
from schemas.prescription import Line, Prescription, Product
from schemas.quantity import PeriodUnit, Quantity
from schemas.site import Site

REFERENCE = load_site("reference")


def a_quantity(text: str) -> Quantity:
    """`"1 tablet"` or `"1"`."""
    value, _, unit = text.partition(" ")
    return Quantity(value=Decimal(value), unit=unit or None)


def a_dose(text: str) -> Dose:
    """An exact dose: `"1 tablet"`."""
    quantity = a_quantity(text)
    return Dose(low=quantity, high=quantity)


def a_frequency(times: int, period: str = "1", unit: str = "d") -> Frequency:
    """`a_frequency(3)` is three times a day."""
    return Frequency(times=times, period=Decimal(period), unit=PeriodUnit(unit))


def a_phase(
    *,
    moments: Sequence[str] = (),
    clock: Sequence[str] = (),
    frequency: Frequency | None = None,
    dose: str | None = "1 tablet",
    bounds: Bounds | None = None,
    sequence: int | None = None,
    text: str | None = None,
) -> Phase:
    """One phase; moments by their code (`MORN`), clock times as `08:00`."""
    return Phase(
        location="phase[1]",
        sequence=sequence,
        text=text,
        bounds=bounds or Bounds(),
        rhythm=Rhythm(frequency=frequency),
        times=Times(
            moments=tuple(MomentTime(moment=Moment(code)) for code in moments),
            clock=tuple(time.fromisoformat(text) for text in clock),
        ),
        dose=a_dose(dose) if dose else None,
    )


def a_line(
    *phases: Phase, product: str = "DOLIPRANE 500 mg, comprimé", text: str | None = None
) -> Line:
    """A line of these phases."""
    return Line(
        location="line[1]",
        identifiers=(Identifier(value="L1"),),
        product=Product(text=product),
        text=text,
        posology=Posology(phases=phases),
    )


def a_patient(ipp: str = "000123") -> Patient:
    """A patient known by an IPP."""
    return Patient(
        identifiers=(Identifier(value=ipp, kind=IdentifierKind.IPP),),
        birth_name="EXEMPLE",
        given_names=("Odette",),
    )


def a_prescription(*lines: Line, patient: Patient | None = None) -> Prescription:
    """A prescription of these lines."""
    return Prescription(
        location="prescription[1]",
        identifiers=(Identifier(value="P1"),),
        patient=patient or a_patient(),
        lines=lines,
    )


def a_site(**changes: object) -> Site:
    """The reference site with some fields changed."""
    return REFERENCE.model_copy(update=changes)
