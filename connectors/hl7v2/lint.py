"""Strict conformance: hl7apy against the tables of its version, and every segment accounted for.

hl7apy drops in silence what its grammar of groups does not know; the count of segments before
and after says so. Its own sentences quote the message: they stand in `quoted` alone.
"""

from collections import Counter
from typing import TYPE_CHECKING

from connectors.hl7v2.er7.charset import decode
from connectors.hl7v2.er7.segment import Message
from connectors.hl7v2.er7.tokeniser import tokenise
from schemas.finding import Finding, FindingCode

if TYPE_CHECKING:
    from hl7apy.core import Message as Parsed


def lint(data: bytes) -> tuple[Finding, ...]:
    """Every break of the standard that is found; empty for a conformant file. Raises: nothing."""
    decoded = decode(data)
    if decoded.text is None:
        return decoded.findings
    file = tokenise(decoded.text, decoded.codec)
    found = [*decoded.findings, *file.findings]
    for message in file.messages:
        found.extend(_strict(message))
    return tuple(found)


def er7_of(message: Message) -> str:
    """The message again as one text, its segments ended by carriage returns."""
    mark = message.separators.field
    lines = []
    for segment in message.segments:
        fields = segment.fields if segment.name != "MSH" else _without_separator(segment.fields)
        lines.append(mark.join([segment.name, *fields[1:]]))
    return "".join(f"{line}\r" for line in lines)


def _without_separator(fields: list[str]) -> list[str]:
    return [fields[0], *fields[2:]]


def _strict(message: Message) -> list[Finding]:
    from hl7apy.consts import VALIDATION_LEVEL
    from hl7apy.exceptions import HL7apyException
    from hl7apy.parser import parse_message

    place = message.header.place
    try:
        parsed = parse_message(
            er7_of(message), validation_level=VALIDATION_LEVEL.STRICT, find_groups=True
        )
        regained = parsed.to_er7()
        _place_encoded_timing(parsed)
        parsed.validate()
    except (HL7apyException, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        return [
            Finding(
                code=FindingCode.STRUCTURE_INVALID,
                location=place,
                message=f"strict validation stops: {type(error).__name__}",
                quoted=str(error)[:200] or None,
            )
        ]
    return _lost(message, regained)


def _place_encoded_timing(parsed: "Parsed") -> None:
    """Puts each TQ1 after RXE into TIMING_ENCODED, where the structure has it.

    hl7apy 1.3.5 files it under TIMING, and then finds the required group missing.
    """
    for order in (child for child in parsed.children if child.name == "RDE_O11_ORDER"):
        names = [child.name for child in order.children]
        at = names.index("RXE") if "RXE" in names else len(names)
        for timing in list(order.children)[at:]:
            if timing.name == "RDE_O11_TIMING":
                order.children.remove(timing)
                encoded = order.add_group("RDE_O11_TIMING_ENCODED")
                for segment in list(timing.children):
                    encoded.add(segment)


def _lost(message: Message, regained: str) -> list[Finding]:
    """The segments that did not come out again, by their last rank."""
    before = Counter(segment.name for segment in message.segments)
    after = Counter(line[:3] for line in regained.split("\r") if line)
    return [
        Finding(
            code=FindingCode.STRUCTURE_INVALID,
            location=f"{message.prefix}{name}[{before[name]}]",
            message=f"{count} {name} segments have no place in the structure of the message",
        )
        for name, count in (before - after).items()
    ]
