"""A channel that asks for it is answered order by order, in the response of its message."""

from datetime import UTC, datetime

import pytest
from hl7v2_messages import PID, joined, msh, read_text, rxe

from connectors.hl7v2.acknowledge import acknowledge
from connectors.hl7v2.er7.tokeniser import tokenise
from connectors.hl7v2.lint import lint
from connectors.hl7v2.respond import response_to
from mappings.catalogue import table
from mappings.table import Row
from schemas.connector import Answer
from schemas.export import Envelope
from schemas.finding import Finding, FindingCode
from schemas.ids import DeliveryId
from schemas.notice import NoticeKind

ENVELOPE = Envelope(
    id=DeliveryId("ACK-1"),
    created_at=datetime(2026, 1, 5, 10, tzinfo=UTC),
    sender="PHARMACIE",
    receiver="mllp",
)
MISSING = Finding(code=FindingCode.PATIENT_MISSING, location="MSH[1]", message="PID is missing")
RXR = "RXR|PO"
BODIES = {"RDS": "RXD|1|P^X|20260105|1", "RGV": "RXG|1|||P^X|1", "RAS": "RXA|0|1|20260105"}


def answered(
    *orders: str, kind: str = "RDE^O11", accepted: bool = False, by_order: bool = True
) -> bytes:
    data = joined(msh(kind), PID, *orders).encode()
    findings = () if accepted else (MISSING,)
    answer = Answer(accepted=accepted, findings=findings, by_order=by_order)
    return acknowledge(data, answer, ENVELOPE)


def orders_in(answer: bytes) -> list[str]:
    (message,) = tokenise(answer.decode()).messages
    return ["|".join(orc.fields[1:]) for orc in message.all("ORC")]


@pytest.mark.parametrize(
    ("control", "reply"),
    [
        ("NW", "UA"),
        ("XO", "UX"),
        ("DC", "UD"),
        ("CA", "UC"),
        ("HD", "UH"),
        ("RL", "UR"),
        ("RO", "UM"),
    ],
)
def test_each_order_of_a_refused_message_is_refused_as_it_was_asked(
    control: str, reply: str
) -> None:
    answer = answered(f"ORC|{control}|L1^DPI|F1^LGO|G1", rxe(), RXR)

    assert orders_in(answer) == [f"{reply}|L1^DPI|F1^LGO|G1"]
    (message,) = tokenise(answer.decode()).messages
    assert message.header.raw(9) == "RRE^O12^RRE_O12"
    assert [segment.name for segment in message.segments] == ["MSH", "MSA", "ERR", "PID", "ORC"]


def test_no_order_is_accepted_before_a_pharmacist_has_looked() -> None:
    answer = answered("ORC|NW|L1^DPI", rxe(), RXR, accepted=True)

    (message,) = tokenise(answer.decode()).messages
    assert [segment.name for segment in message.segments] == ["MSH", "MSA"]
    assert message.all("MSA")[0].value(1) == "AA"


@pytest.mark.parametrize("row", list(table("hl7v2/responses")), ids=lambda row: row.code)
def test_each_kind_of_message_has_its_own_response(row: Row) -> None:
    kind = row.code.partition("^")[0]
    accepted = kind in BODIES

    answer = answered("ORC|NW|L1^DPI", BODIES.get(kind, rxe()), kind=row.code, accepted=accepted)

    (message,) = tokenise(answer.decode()).messages
    assert message.header.raw(9) == row.target
    assert orders_in(answer) == ["OK|L1^DPI" if accepted else "UA|L1^DPI"]


def test_the_answer_to_a_message_without_orders_is_the_plain_one() -> None:
    answer = answered(kind="ADT^A01")

    assert b"||ACK^A01^ACK|" in answer
    (message,) = tokenise(joined(msh("ADT^A01"), PID)).messages
    assert response_to(message) is None


def test_a_channel_that_does_not_ask_gets_the_plain_acknowledgment() -> None:
    assert b"||ACK^O11^ACK|" in answered("ORC|NW|L1^DPI", rxe(), by_order=False)


def test_a_report_about_an_order_is_not_answered() -> None:
    assert orders_in(answered("ORC|OK|L1^DPI", "ORC|NW|L2^DPI", rxe(), RXR)) == ["UA|L2^DPI"]


def test_other_separators_are_made_ours() -> None:
    odd = joined(
        "MSH#*!\\$#DPI#E#X#Y#20260105090000##RDE*O11#M1#P#2.5.1", "PID###1*a$b!2", "ORC#NW#L|1*DPI"
    )

    answer = acknowledge(
        odd.encode(), Answer(accepted=False, findings=(MISSING,), by_order=True), ENVELOPE
    ).decode()

    assert "PID|||1^a&b~2\r" in answer
    assert "ORC|UA|L\\F\\1^DPI\r" in answer


def test_what_is_answered_is_read_back_as_answers_to_the_orders() -> None:
    answer = answered("ORC|NW|L1^DPI|F1^LGO", rxe(), RXR, "ORC|DC|L2^DPI")

    notices = read_text(answer.decode()).notices

    assert [(each.kind, each.code) for each in notices] == [
        (NoticeKind.DECLINED, "UA"),
        (NoticeKind.DECLINED, "UD"),
    ]
    assert [[one.value for one in each.order] for each in notices] == [["L1", "F1"], ["L2"]]
    assert {each.answers for each in notices} == {"M1"}
    assert "PID is missing" in (notices[0].text or "")


def test_the_answer_passes_strict_conformance() -> None:
    assert lint(answered("ORC|NW|L1^DPI|F1^LGO", rxe(), RXR)) == ()
