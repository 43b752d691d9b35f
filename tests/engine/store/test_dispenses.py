"""Dispenses are facts: stored once, never changed, seen by their own pharmacy alone."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from stored import NOW, TENANT, a_message

from engine.store import dispenses
from engine.store.unit import Store
from schemas.dispense import Dispense
from schemas.ids import TenantId
from schemas.people import Identifier
from schemas.quantity import Quantity


def a_dispense(number: str = "F-1/1") -> Dispense:
    return Dispense(
        location="RXD[1]",
        identifiers=(Identifier(value=number),),
        dispensed_at=date(2026, 3, 2),
        line=(Identifier(value="A"),),
        quantity=Quantity(value=30, unit="comprimé"),
    )


def test_the_same_report_again_is_no_second_dispense(store: Store) -> None:
    with store.unit(TENANT) as unit:
        message = a_message(unit)
        first = dispenses.store(unit, a_dispense(), message, None, NOW)
        again = dispenses.store(
            unit, a_dispense().model_copy(update={"location": "RXD[7]"}), message, None, NOW
        )
        other = dispenses.store(unit, a_dispense("F-1/2"), message, None, NOW)

        assert first is not None
        assert again is None
        assert dispenses.of_message(unit, message) == tuple(sorted((first, str(other))))


@pytest.mark.parametrize("change", ["UPDATE dispenses SET content = '{}'", "DELETE FROM dispenses"])
def test_a_dispense_is_never_changed(store: Store, change: str) -> None:
    with store.unit(TENANT) as unit:
        dispenses.store(unit, a_dispense(), a_message(unit), None, NOW)
        with pytest.raises(DBAPIError, match="dispenses are facts"):
            unit.connection.execute(text(change))


def test_the_dispenses_of_one_pharmacy_are_not_those_of_another(store: Store) -> None:
    with store.unit(TENANT) as unit:
        message = a_message(unit)
        dispenses.store(unit, a_dispense(), message, None, NOW)
        unit.commit()

    with store.unit(TenantId("750000002")) as unit:
        assert dispenses.of_message(unit, message) == ()
