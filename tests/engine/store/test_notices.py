"""Notices are facts: never changed, and seen by their own pharmacy alone."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from stored import NOW, TENANT, a_message, a_stored_prescription

from engine.store import notices
from engine.store.unit import Store
from schemas.ids import TenantId
from schemas.notice import Notice, NoticeKind

NOTICE = Notice(location="ORC[1]", kind=NoticeKind.REFILL_ASKED, code="RF")


@pytest.mark.parametrize("change", ["UPDATE notices SET content = '{}'", "DELETE FROM notices"])
def test_a_notice_is_never_changed(store: Store, change: str) -> None:
    with store.unit(TENANT) as unit:
        notices.store(unit, NOTICE, a_message(unit), None, NOW)
        with pytest.raises(DBAPIError, match="notices are facts"):
            unit.connection.execute(text(change))


def test_what_was_told_of_a_patient_is_found_by_their_own_pharmacy_alone(store: Store) -> None:
    with store.unit(TENANT) as unit:
        stored, _ = a_stored_prescription(unit)
        assert stored.patient_id is not None
        message = a_message(unit)
        kept = notices.store(unit, NOTICE, message, stored.patient_id, NOW)
        notices.store(unit, NOTICE, message, None, NOW)
        unit.commit()

    with store.unit(TENANT) as unit:
        assert notices.of_patients(unit, [stored.patient_id]) == (NOTICE,)
        assert kept in notices.of_message(unit, message)
    with store.unit(TenantId("750000002")) as unit:
        assert notices.of_patients(unit, [stored.patient_id]) == ()
        assert notices.of_message(unit, message) == ()
