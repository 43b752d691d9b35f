"""The envelope of a file or a batch: FHS and BHS open, BTS and FTS close and count.

Source: HL7 v2.5.1 §2.10.3: `[FHS] { [BHS] { MSH ... } [BTS] } [FTS]`.
"""

from dataclasses import dataclass

from connectors.hl7v2.er7.doubts import Doubts
from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.er7.separators import STANDARD, Separators
from schemas.finding import FindingCode

OPENS = ("FHS", "BHS")
CLOSES = {"FTS": "FHS", "BTS": "BHS"}
_COUNTED = {"FTS": "batches", "BTS": "messages"}


@dataclass(slots=True)
class _Open:
    """What is open: a file counts batches, a batch counts messages."""

    segment: Segment
    count: int = 0


class Envelope:
    """Goes along with the lines of a file; its segments in the order of the source."""

    def __init__(self, doubts: Doubts) -> None:
        self.segments: list[Segment] = []
        self._doubts = doubts
        self._open: list[_Open] = []
        self._ranks = dict.fromkeys((*OPENS, *CLOSES), 0)
        self._alone = 0
        """Messages since the last border that no batch holds."""

    def message(self) -> None:
        """A message begins."""
        if self._open and self._open[-1].segment.name == "BHS":
            self._open[-1].count += 1
        else:
            self._alone += 1

    def opened(self, name: str, line: str, separators: Separators) -> Segment:
        """FHS or BHS."""
        segment = self._segment(name, line, separators)
        inside = any(each.segment.name == name for each in self._open)
        if inside or (name == "FHS" and self._open):
            rule = f"{name} stands inside a {'batch or file' if name == 'FHS' else 'batch'}"
            self._doubts.say(FindingCode.STRUCTURE_INVALID, segment.place, rule)
        if name == "BHS" and self._open:
            self._open[-1].count += self._open[-1].segment.name == "FHS"
        self._open.append(_Open(segment))
        self._alone = 0
        return segment

    def closed(self, name: str, line: str) -> Segment:
        """FTS or BTS, in the separators of what it closes."""
        open_ = self._pop(CLOSES[name])
        segment = self._segment(name, line, open_.segment.separators if open_ else STANDARD)
        if open_ is None:
            rule = f"{name} closes what no {CLOSES[name]} opened"
            self._doubts.say(FindingCode.STRUCTURE_INVALID, segment.place, rule)
        count = open_.count if open_ else 0
        if name == "BTS":
            count = count or self._alone
            if self._open and self._open[-1].segment.name == "BHS":
                self._open[-1].count += count
        else:
            count = count or min(self._alone, 1)  # messages without BHS are one batch
        self._check_count(segment, count)
        self._alone = 0
        return segment

    def end(self) -> None:
        """The file ends: what is still open may be cut."""
        while self._open:
            self._cut(self._open.pop())

    def _pop(self, wanted: str) -> _Open | None:
        if not any(each.segment.name == wanted for each in self._open):
            return None
        while self._open[-1].segment.name != wanted:
            self._cut(self._open.pop())
        return self._open.pop()

    def _cut(self, open_: _Open) -> None:
        name = open_.segment.name
        rule = f"{name} is not followed by its {name[0]}TS: the file may be cut"
        self._doubts.say(FindingCode.MESSAGE_TRUNCATED, open_.segment.place, rule)

    def _check_count(self, segment: Segment, count: int) -> None:
        stated = segment.value(1)
        if stated is None:
            return
        name, what = segment.name, _COUNTED[segment.name]
        if not (stated.isascii() and stated.isdecimal()):
            rule = f"{name}-1 must be a number of {what}"
            self._doubts.say(FindingCode.STRUCTURE_INVALID, segment.where(1), rule, stated)
        elif stated.lstrip("0") != (str(count) if count else ""):
            rule = f"{name}-1 must count the {what}; {count} were found"
            self._doubts.say(FindingCode.MESSAGE_TRUNCATED, segment.where(1), rule, stated)

    def _segment(self, name: str, line: str, separators: Separators) -> Segment:
        self._ranks[name] += 1
        segment = Segment(name, self._ranks[name], line, separators)
        self.segments.append(segment)
        return segment
