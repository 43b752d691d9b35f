"""What a receiver answered to us: its code and the message that it is about."""

import pytest

from connectors.hl7v2.connector import CONNECTOR
from schemas.connector import Told

HEAD = "MSH|^~\\&|EHPAD|LILAS|PHARM|X|20260301||ACK^O11^ACK|R1|P|2.5\r"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (f"{HEAD}MSA|AA|C1\r", Told(code="AA", control_id="C1")),
        (f"\x0b{HEAD}MSA|AE|C1|words\rERR||PID^1|101|E\r\x1c", Told(code="AE", control_id="C1")),
        (f"{HEAD.replace('|', '#')}MSA#CR#C1\r", Told(code="CR", control_id="C1")),
        (f"{HEAD}MSA|AA|a\\T\\b\r", Told(code="AA", control_id="a&b")),
        (f"{HEAD}MSA||\r", Told(code="", control_id="")),
        (HEAD, None),
        (f"{HEAD}MSA|AA|C1\r{HEAD}MSA|AA|C2\r", None),
        ("MSA|AA|C1\r", None),
        ("hello", None),
        ("", None),
    ],
)
def test_an_answer_says_a_code_and_a_message_or_nothing(answer: str, told: Told | None) -> None:
    assert CONNECTOR.told is not None
    assert CONNECTOR.told(answer.encode()) == told
