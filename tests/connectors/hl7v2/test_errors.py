"""MSA and ERR inside a response that has a structure of its own."""

from datetime import UTC, datetime

import pytest

from connectors.hl7v2.er7.tokeniser import tokenise
from connectors.hl7v2.errors import error_fields, msa_fields
from connectors.hl7v2.writing.building import begin, finished, segment
from schemas.export import Envelope
from schemas.finding import Finding, FindingCode
from schemas.ids import DeliveryId

ENVELOPE = Envelope(
    id=DeliveryId("A-1"), created_at=datetime(2026, 1, 5, 8, tzinfo=UTC), sender="S", receiver="R"
)
DOSE = Finding(
    code=FindingCode.VALUE_INVALID, location="RXE[2]-3", message="RXE-3 must be 1 | 2 & so"
)
UNIT = Finding(code=FindingCode.UNIT_UNKNOWN, location="message[2]/RXE[1]-5.1", message="RXE-5")


@pytest.mark.parametrize(
    ("structure", "kind"),
    [
        ("ORP_O10", "ORP^O10^ORP_O10"),
        ("RRE_O12", "RRE^O12^RRE_O12"),
        ("RRD_O14", "RRD^O14^RRD_O14"),
        ("RRG_O16", "RRG^O16^RRG_O16"),
        ("RRA_O18", "RRA^O18^RRA_O18"),
    ],
)
def test_the_errors_of_an_application_answer_are_conformant(structure: str, kind: str) -> None:
    message = begin(structure, kind, ENVELOPE)
    message.add(segment("MSA", msa_fields("AE", "M1", "RXE-3 must be 1 | 2 & so")))
    for fields in error_fields((DOSE, UNIT), accepted=False):
        message.add(segment("ERR", fields))

    (written,) = tokenise(finished(message, 4).decode()).messages

    _, msa, first, second = written.segments
    assert (msa.value(1), msa.value(2), msa.value(3)) == ("AE", "M1", "RXE-3 must be 1 | 2 & so")
    assert first.raw(2) == "RXE^2^3^1"
    assert first.value(8) == "RXE-3 must be 1 | 2 & so"
    assert second.raw(2) == "RXE^1^5^1^1"
    assert second.raw(3) == "103^Table value not found^HL70357"
