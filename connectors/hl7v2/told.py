"""What a receiver's answer says of the message that we sent. Source: HL7 v2.5.1 §2.15.8."""

from connectors.hl7v2.er7.charset import decode
from connectors.hl7v2.er7.tokeniser import tokenise
from schemas.connector import Told


def told(data: bytes) -> Told | None:
    """MSA-1 and MSA-2 of one acknowledgment; `None` for bytes that are none. Raises: nothing."""
    text = decode(data).text
    messages = tokenise(text).messages if text is not None else ()
    answers = [message.first("MSA") for message in messages]
    answer = answers[0] if len(answers) == 1 else None
    if answer is None:
        return None
    return Told(code=answer.value(1) or "", control_id=answer.value(2) or "")
