"""ER7, the pipes and hats of HL7 v2: bytes to messages, segments and leaves; nothing is lost.

Every line of the source is a segment of exactly one message or of the envelope of a batch, or
stands among the stray ones, with a finding. The work is linear in the text; fields are split
when they are asked for. Source: HL7 v2.5.1 §2.5, §2.6 and §2.10.3.
"""

import re
from dataclasses import dataclass

from connectors.hl7v2.er7.batch import CLOSES, Envelope
from connectors.hl7v2.er7.doubts import Doubts
from connectors.hl7v2.er7.leftovers import has_controls, look_into
from connectors.hl7v2.er7.lines import lines_of
from connectors.hl7v2.er7.segment import Message, Segment
from connectors.hl7v2.er7.separators import HEADERS, Separators, separators_of
from schemas.finding import Finding, FindingCode

MOST_PARTS = 500_000
"""Segments, fields, repetitions and components of one file: what fits the memory when read."""

_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")


@dataclass(frozen=True, slots=True)
class File:
    """All that one stretch of bytes holds: its messages, the envelope of a batch, the doubts.

    `lines` has every segment in the order of the source, and the lines that are none.
    """

    messages: tuple[Message, ...] = ()
    envelope: tuple[Segment, ...] = ()
    findings: tuple[Finding, ...] = ()
    lines: tuple[Segment | str, ...] = ()

    @property
    def text(self) -> str:
        """The file as it was sent, each line ended by a carriage return."""
        return "".join(f"{line if isinstance(line, str) else line.line}\r" for line in self.lines)


def tokenise(text: str, codec: str = "ascii") -> File:
    """The messages of a text that was decoded, one or several, with or without FHS and BHS.

    `codec` is what it was decoded with. Without any readable MSH there are no messages and a
    finding says so. Raises: nothing.
    """
    parts = sum(text.count(mark) for mark in _marks(text)) if len(text) > MOST_PARTS else 0
    if parts > MOST_PARTS:
        rule = f"a file must have at most {MOST_PARTS} fields and components; it has {parts}"
        broken = Finding(code=FindingCode.MESSAGE_BROKEN, location="segment[1]", message=rule)
        return File(findings=(broken,))
    return _Tokeniser(text, codec).file()


def _marks(text: str) -> str:
    """The separators to count: those of the first header, else the usual ones."""
    header = re.match(r"\s*(?:MSH|FHS|BHS)(.{1,5})", text)
    return "".join(dict.fromkeys(f"\r{header[1] if header else '|^~&'}"))


class _Tokeniser:
    """Goes through the lines once and sorts each one into its message or the envelope."""

    def __init__(self, text: str, codec: str) -> None:
        self.codec = codec
        self.source, self.kept = lines_of(text)
        self.ended = not text or text[-1] in "\r\n"
        self.several = sum(line.startswith("MSH") for line in self.source) > 1
        self.controls = has_controls(text)
        self.doubts = Doubts()
        self.envelope = Envelope(self.doubts)
        self.lines: list[Segment | str] = []
        self.messages: list[tuple[Separators, str, list[Segment]]] = []
        self.separators: Separators | None = None
        self.prefix = ""
        self.current: list[Segment] | None = None
        self.ranks: dict[str, int] = {}

    def file(self) -> File:
        for number, line in enumerate(self.source, start=1):
            name = line[:3]
            if name in HEADERS:
                self._header(number, name, line)
            elif name in CLOSES:
                self.current = None
                self.lines.append(self.envelope.closed(name, line))
            else:
                self._segment(number, line)
        self._check_whole()
        messages = [
            Message(marks, tuple(segments), prefix) for marks, prefix, segments in self.messages
        ]
        return File(
            tuple(messages),
            tuple(self.envelope.segments),
            self.doubts.findings(),
            tuple(self.lines),
        )

    def _header(self, number: int, name: str, line: str) -> None:
        separators, rule = separators_of(line, self.codec)
        prefix = self._prefix(len(self.messages) + 1) if name == "MSH" else ""
        if rule is not None:
            broken = separators is None
            code = FindingCode.MESSAGE_BROKEN if broken else FindingCode.STRUCTURE_INVALID
            self.doubts.say(code, f"{prefix}{name}[1]-2", rule, line[3:12])
        self.current = None
        if separators is None:
            self.separators = None
            self.lines.append(line)
        elif name == "MSH":
            self.separators, self.prefix, self.ranks = separators, prefix, {"MSH": 1}
            self.current = [Segment(name, 1, line, separators, prefix)]
            self._keep(self.current[0], line.count(separators.escape) > 1)
            self.messages.append((separators, prefix, self.current))
            self.envelope.message()
        else:
            self.lines.append(self.envelope.opened(name, line, separators))

    def _segment(self, number: int, line: str) -> None:
        separators, current = self.separators, self.current
        if separators is None or current is None:
            self._stray(number, line)
            return
        name = line[:3]
        if line[3:4] != separators.field or _NAME.fullmatch(name) is None:
            name = self._odd_name(number, line, separators)
        rank = self.ranks[name] = self.ranks.get(name, 0) + 1
        segment = Segment(name, rank, line, separators, self.prefix)
        current.append(segment)
        self._keep(segment, separators.escape in line)

    def _keep(self, segment: Segment, escaped: bool) -> None:
        """One more segment of a message; its values are looked into where that may say more."""
        self.lines.append(segment)
        if escaped or self.controls or segment.separators.truncation:
            look_into(segment, self.doubts)

    def _stray(self, number: int, line: str) -> None:
        self.lines.append(line)
        if self.messages or self.envelope.segments:
            code, rule = FindingCode.STRUCTURE_INVALID, "a segment stands outside of any message"
        else:
            code = FindingCode.MESSAGE_BROKEN
            rule = "a segment stands before any readable MSH, FHS or BHS"
        self.doubts.say(code, f"segment[{number}]", rule, line)

    def _odd_name(self, number: int, line: str, separators: Separators) -> str:
        """The name of a segment whose line does not begin with one and a separator."""
        first = line.split(separators.field, 1)[0]
        name = first.strip()
        if name == first and _NAME.fullmatch(name):
            return name
        if number == len(self.source) and len(name) < 3 and not self.ended:
            code, rule = FindingCode.MESSAGE_TRUNCATED, "the last segment has no complete name"
        else:
            code = FindingCode.STRUCTURE_INVALID
            rule = "a segment name must be three upper-case letters or digits, nothing before it"
        self.doubts.say(code, f"{self.prefix}segment[{number}]", rule, name)
        return name.upper() if _NAME.fullmatch(name.upper()) else name

    def _check_whole(self) -> None:
        """A message ends with the end of its last segment; a batch is closed and counted."""
        if self.kept and self.messages:
            self.doubts.say(
                FindingCode.STRUCTURE_INVALID,
                f"{self.messages[0][1]}MSH[1]",
                "a line feed inside a field is kept as text; segments end with a carriage return",
            )
        enveloped = self.envelope.segments
        if not self.messages and enveloped:
            rule = "the file or batch holds no message"
            self.doubts.say(FindingCode.MESSAGE_EMPTY, enveloped[0].place, rule)
        elif not self.lines:
            rule = "a message must start with MSH"
            self.doubts.say(FindingCode.MESSAGE_BROKEN, "segment[1]", rule)
        self.envelope.end()
        if self.several and not enveloped:
            rule = "several messages stand together without a batch header; each is read"
            self.doubts.say(FindingCode.STRUCTURE_INVALID, "message[2]/MSH[1]", rule)
        if self.messages and not self.ended:
            last = self.lines[-1]
            place = last.place if isinstance(last, Segment) else f"segment[{len(self.lines)}]"
            rule = "the last segment does not end with a carriage return; the message may be cut"
            self.doubts.say(FindingCode.STRUCTURE_INVALID, place, rule)

    def _prefix(self, number: int) -> str:
        return f"message[{number}]/" if self.several else ""
