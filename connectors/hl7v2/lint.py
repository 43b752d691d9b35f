"""Strict conformance: hl7apy against the tables of its version, and every segment accounted for.

Each segment is asked about alone, so that a fault has a place; then the message as a whole, for
its structure. hl7apy drops in silence what its grammar of groups does not know: what does not
come out of it again is named, segment by segment. It takes some in any order: what our own
grammar of the pharmacy messages has no place for is named too.
"""

import re
from collections import Counter
from typing import TYPE_CHECKING

from connectors.hl7v2.er7.charset import decode
from connectors.hl7v2.er7.segment import Message, Segment
from connectors.hl7v2.er7.tokeniser import tokenise
from connectors.hl7v2.faults import STOPS, faults_of
from connectors.hl7v2.orders.content import misplaced_in
from schemas.finding import Finding, FindingCode

if TYPE_CHECKING:
    from hl7apy.core import Message as Parsed

MOST_CHECKED = 500_000
"""Characters of a file: hl7apy keeps several hundred times as much, and takes seconds for these."""

_MISSING = re.compile(r"Missing required child (\w+)\.([A-Z]\w+)")
_FIELD = re.compile(r"[A-Z][A-Z0-9]{2}_\d+")


def lint(data: bytes) -> tuple[Finding, ...]:
    """Every break of the standard that is found; empty for a conformant file. Raises: nothing."""
    decoded = decode(data)
    if decoded.text is None:
        return decoded.findings
    file = tokenise(decoded.text, decoded.codec)
    found = [*decoded.findings, *file.findings]
    if len(decoded.text) > MOST_CHECKED:
        rule = f"a file of more than {MOST_CHECKED} characters is not checked against the standard"
        return (*found, _broken("segment[1]", rule))
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
    """What the version of MSH-12 has against the message; of none, what 2.5 has."""
    version = message.header.value(12) or "2.5"
    unusable = _unusable(message, version)
    if unusable is not None:
        return [unusable]
    faults = [fault for segment in message.segments for fault in faults_of(segment, version)]
    found = [*faults, *_of_structure(message, known=bool(faults))]
    named = {fault.location for fault in found}
    misplaced = (segment for segment in misplaced_in(message) if segment.place not in named)
    return [*found, *map(_without_place, misplaced)]


def _unusable(message: Message, version: str) -> Finding | None:
    """A header that nothing can be checked by: its separators or its version."""
    from hl7apy import check_version
    from hl7apy.exceptions import UnsupportedVersion

    header = message.header
    try:
        check_version(version)
    except UnsupportedVersion as error:
        return _broken(header.where(12), "MSH-12 is no version that can be checked", str(error))
    declared = header.raw(2)
    length = 4 + (len(declared) > 4 and version >= "2.7")
    if len(declared) != length or len(set(declared)) != length:
        rule = "MSH-2 must be four distinct characters, or five from version 2.7"
        return _broken(f"{header.place}-2", rule, declared[:20])
    return None


def _of_structure(message: Message, *, known: bool) -> list[Finding]:
    """What is wrong with the order and number of segments.

    `known` says that faults with a place explain why hl7apy stops.
    """
    from hl7apy.consts import VALIDATION_LEVEL
    from hl7apy.exceptions import HL7apyException
    from hl7apy.parser import parse_message

    strict = VALIDATION_LEVEL.STRICT
    lost: list[Finding] = []
    try:
        parsed = parse_message(er7_of(message), find_groups=True)
        lost = _lost(message, parsed.to_er7())
        parsed = parse_message(er7_of(message), validation_level=strict, find_groups=True)
        _place_encoded_timing(parsed)
        parsed.validate()
    except (HL7apyException, *STOPS) as error:
        missing = _MISSING.fullmatch(str(error))
        if missing and not (known and _FIELD.fullmatch(missing[2])):
            rule = f"{missing[2]} is required in {missing[1]}"
            return [*lost, _broken(message.header.place, rule)]
        return lost if known else [*lost, _stopped(message, error)]
    return lost


def _broken(place: str, rule: str, quoted: str | None = None) -> Finding:
    code = FindingCode.STRUCTURE_INVALID
    return Finding(code=code, location=place, message=rule, quoted=quoted)


def _stopped(message: Message, error: Exception) -> Finding:
    """A fault of the whole message that nothing else explains."""
    quoted = str(error)[:200] or None
    if type(error).__name__ == "OperationNotAllowed":
        rule = "MSH-9 must name a structure of the version, and each segment must be of it"
        return _broken(f"{message.header.place}-9", rule, quoted)
    rule = f"strict validation stops: {type(error).__name__}"
    return _broken(message.header.place, rule, quoted)


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
    """The segments that did not come out again: those whose text is missing, else the last."""
    after = Counter(line[:3] for line in regained.split("\r") if line)
    texts = Counter(regained.split("\r"))
    missing: Counter[str] = Counter(segment.name for segment in message.segments)
    missing.subtract(after)
    lost = []
    for exact in (True, False):
        for segment in reversed(message.segments):
            if missing[segment.name] > 0 and segment not in lost:
                if exact and texts[segment.line.rstrip(segment.separators.field)] > 0:
                    continue
                missing[segment.name] -= 1
                lost.append(segment)
    return [_without_place(segment) for segment in reversed(lost)]


def _without_place(segment: Segment) -> Finding:
    return _broken(segment.place, f"{segment.name} has no place there in the structure")
