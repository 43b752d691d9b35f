"""ER7, the pipes and hats of HL7 v2: bytes to messages, segments and leaves; nothing is lost.

Every line of the source is a segment of exactly one message, or of the envelope of a batch,
or is named by a finding. Source: HL7 v2.5.1 §2.5, §2.6 and §2.10.3.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.hl7v2.er7.segment import Message, Segment
from connectors.hl7v2.er7.separators import HEADERS, Separators, separators_of
from schemas.finding import Finding, FindingCode

_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_START = re.compile(r"(?:\A|[\r\n])[ \t]*(?:MSH|FHS|BHS)([^\r\n])")
_TRAILERS = ("BTS", "FTS")


@dataclass(frozen=True, slots=True)
class File:
    """All that one stretch of bytes holds: its messages, the envelope of a batch, the doubts."""

    messages: tuple[Message, ...] = ()
    envelope: tuple[Segment, ...] = ()
    findings: tuple[Finding, ...] = ()


def tokenise(text: str) -> File:
    """The messages of a text that was decoded, one or several, with or without FHS and BHS.

    Without any readable MSH there are no messages and a finding says so. Raises: nothing.
    """
    return _Tokeniser(text).file()


class _Tokeniser:
    """Goes through the lines once and sorts each one into its message or the envelope."""

    def __init__(self, text: str) -> None:
        self.lines, self.kept = _lines(text)
        self.ended = not text or text[-1] in "\r\n"
        self.several = sum(line.startswith("MSH") for line in self.lines) > 1
        self.findings: list[Finding] = []
        self.envelope: list[Segment] = []
        self.messages: list[tuple[Separators, str, list[Segment]]] = []
        self.separators: Separators | None = None
        self.ranks: dict[str, int] = {}

    def file(self) -> File:
        for number, line in enumerate(self.lines, start=1):
            self._line(number, line)
        if self.kept and self.messages:
            self._doubt(
                FindingCode.STRUCTURE_INVALID,
                f"{self.messages[0][1]}MSH[1]",
                "a line feed inside a field is kept as text; segments end with a carriage return",
            )
        if not self.messages and self.envelope:
            rule = "the file or batch holds no message"
            self._doubt(FindingCode.MESSAGE_EMPTY, self.envelope[0].place, rule)
        elif not self.messages and not self.findings:
            self._doubt(FindingCode.MESSAGE_BROKEN, "segment[1]", "a message must start with MSH")
        self._check_end()
        return File(
            tuple(
                Message(marks, tuple(segments), prefix) for marks, prefix, segments in self.messages
            ),
            tuple(self.envelope),
            tuple(self.findings),
        )

    def _line(self, number: int, line: str) -> None:
        name = line[:3]
        if name in HEADERS:
            self._header(number, name, line)
        elif self.separators is None:
            self._doubt(
                FindingCode.MESSAGE_BROKEN,
                f"segment[{number}]",
                "a segment stands before any readable MSH, FHS or BHS",
                line,
            )
        else:
            self._segment(number, line, self.separators)

    def _header(self, number: int, name: str, line: str) -> None:
        separators, rule = separators_of(line)
        prefix = self._prefix(len(self.messages) + 1) if name == "MSH" else ""
        if name == "MSH" or self.separators is None:
            self.separators = separators
        if rule is not None:
            broken = separators is None
            self._doubt(
                FindingCode.MESSAGE_BROKEN if broken else FindingCode.STRUCTURE_INVALID,
                f"{prefix}{name}[1]-2",
                rule,
                line[3:12],
            )
        if separators is None:
            return
        fields = line.split(separators.field)
        fields.insert(1, separators.field)
        if name == "MSH":
            self.ranks = {"MSH": 1}
            self.messages.append(
                (separators, prefix, [Segment(name, 1, fields, separators, prefix)])
            )
        else:
            self._enveloped(name, fields, separators)

    def _segment(self, number: int, line: str, separators: Separators) -> None:
        fields = line.split(separators.field)
        name = fields[0].strip()
        prefix = self.messages[-1][1] if self.messages else ""
        if name in _TRAILERS:
            self._enveloped(name, fields, separators)
            return
        if name != fields[0] or not _NAME.fullmatch(name):
            self._odd_name(number, name, prefix)
        name = name.upper() if _NAME.fullmatch(name.upper()) else name
        if not self.messages:
            self._doubt(
                FindingCode.STRUCTURE_INVALID,
                f"segment[{number}]",
                "a segment stands outside of any message",
                line,
            )
            return
        rank = self.ranks[name] = self.ranks.get(name, 0) + 1
        self.messages[-1][2].append(Segment(name, rank, fields, separators, prefix))

    def _odd_name(self, number: int, name: str, prefix: str) -> None:
        if number == len(self.lines) and len(name) < 3 and not self.ended:
            code, rule = FindingCode.MESSAGE_TRUNCATED, "the last segment has no complete name"
        else:
            code = FindingCode.STRUCTURE_INVALID
            rule = "a segment name must be three upper-case letters or digits, nothing before it"
        self._doubt(code, f"{prefix}segment[{number}]", rule, name)

    def _enveloped(self, name: str, fields: list[str], separators: Separators) -> None:
        rank = 1 + sum(segment.name == name for segment in self.envelope)
        self.envelope.append(Segment(name, rank, fields, separators))

    def _check_end(self) -> None:
        """A batch states its count; a lone message ends with the end of its last segment."""
        self.findings.extend(_counts(self.envelope, len(self.messages)))
        if self.several and not self.envelope:
            self._doubt(
                FindingCode.STRUCTURE_INVALID,
                "message[2]/MSH[1]",
                "several messages stand together without a batch header; each is read",
            )
        if self.messages and not self.ended:
            last = self.messages[-1][2][-1]
            self._doubt(
                FindingCode.STRUCTURE_INVALID,
                last.place,
                "the last segment does not end with a carriage return; the message may be cut",
            )

    def _prefix(self, number: int) -> str:
        return f"message[{number}]/" if self.several else ""

    def _doubt(
        self, code: FindingCode, location: str, message: str, quoted: str | None = None
    ) -> None:
        self.findings.append(Finding(code=code, location=location, message=message, quoted=quoted))


def _lines(text: str) -> tuple[list[str], bool]:
    """The segments as lines, and whether a line feed was kept as text inside a field.

    A carriage return always ends a segment. A line feed does when another end, the end of the
    text, or something like a segment name with its separator follows.
    """
    text = text.replace("\r\n", "\r")
    if "\n" in text:
        marks = "".join(sorted(set(_START.findall(text)))) or "|"
        after = rf"[ \t]*[A-Za-z][A-Za-z0-9]{{2}}(?:[{re.escape(marks)}]|[\r\n]|\Z)|[\r\n]|\Z"
        text = re.sub(rf"\n(?={after})", "\r", text)
    lines = [line for line in text.split("\r") if line.strip()]
    lines = [line.lstrip() if line.lstrip()[:3] in HEADERS else line for line in lines]
    return lines, any("\n" in line for line in lines)


def _counts(envelope: list[Segment], messages: int) -> Iterator[Finding]:
    names = [segment.name for segment in envelope]
    for opened, closed in (("FHS", "FTS"), ("BHS", "BTS")):
        if names.count(opened) > names.count(closed):
            yield Finding(
                code=FindingCode.MESSAGE_TRUNCATED,
                location=f"{opened}[{names.count(opened)}]",
                message=f"{opened} is not followed by its {closed}: the file may be cut",
            )
    stated = [segment for segment in envelope if segment.name == "BTS" and segment.value(1)]
    if stated and all((segment.value(1) or "").isdecimal() for segment in stated):
        total = sum(int(segment.value(1) or 0) for segment in stated)
        if total != messages and len(stated) == names.count("BTS"):
            yield Finding(
                code=FindingCode.MESSAGE_TRUNCATED,
                location=stated[-1].where(1),
                message=f"BTS-1 counts {total} messages and {messages} were found",
                quoted=stated[-1].value(1),
            )
