"""What hl7apy finds in a message beside what our tokeniser finds: segment, field, leaf.

hl7apy is asked without groups, because with them it drops segments in silence. It says less than
we do in three ways, which are allowed for: a field beyond those of the version has no number, a
component of a type that it does not know has no rank, and a leaf loses its blanks and its zeros
in front, and has its escape characters escaped once more.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as derived
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.hl7v2.er7.charset import decode
from connectors.hl7v2.er7.segment import Message, Segment
from connectors.hl7v2.er7.tokeniser import tokenise
from connectors.hl7v2.lint import er7_of

if TYPE_CHECKING:
    from hl7apy.core import Element


@dataclass(frozen=True)
class Field:
    """One repetition of a field with something in it; `None` where nothing is said."""

    segment: int
    number: int | None
    repetition: int | None
    leaves: tuple[tuple[int | None, int | None, str], ...]

    def agrees(self, other: "Field") -> bool:
        """Whether both say the same, as far as both say something."""
        mine, others = (self.segment, self.number, self.repetition), other
        same = _same(mine, (others.segment, others.number, others.repetition))
        if not same or len(self.leaves) != len(other.leaves):
            return False
        return all(_same(one, two) for one, two in zip(self.leaves, other.leaves, strict=True))


def _same(mine: tuple[object, ...], theirs: tuple[object, ...]) -> bool:
    pairs = zip(mine, theirs, strict=True)
    return all(one is None or two is None or one == two for one, two in pairs)


class Help(Enum):
    """What a message needs before hl7apy reads it; we read it as it is."""

    FIFTH = "MSH-2 has a fifth character, which hl7apy knows from version 2.7"
    DOUBLED = "MSH-2 has a character twice, which hl7apy refuses"
    VERSION = "MSH-12 is a version that hl7apy does not have, or whose tables break it"
    NAME = "a segment name has not three characters, and hl7apy reads three of them"
    SEGMENT = "a segment name is none of the version, and hl7apy refuses the message"


class Unreferred(Exception):
    """hl7apy gives no verdict on this message; the text names the cause."""


def our_fields(message: Message) -> list[Field]:
    """What our tokeniser finds, field by field."""
    found = []
    for rank, segment in enumerate(message.segments):
        first = 3 if segment.name == "MSH" else 1
        for number in range(first, len(segment.fields)):
            if (segment.name, number) == ("MSH", 12):
                continue  # may be changed, so that hl7apy reads on
            found.extend(_ours(rank, segment, number))
    return found


def _ours(rank: int, segment: Segment, number: int) -> list[Field]:
    found = []
    for repetition, components in enumerate(segment.cells(number), start=1):
        leaves = tuple(
            (component, part, text)
            for component, parts in enumerate(components, start=1)
            for part, leaf in enumerate(parts, start=1)
            if (text := _plain(leaf, segment.separators.escape))
        )
        if leaves:
            found.append(Field(rank, number, repetition, leaves))
    return found


def their_fields(message: Message) -> tuple[list[Field], frozenset[Help]]:
    """What hl7apy finds, and with which help. Raises: `Unreferred` when nothing helps."""
    from hl7apy.exceptions import HL7apyException, InvalidEncodingChars, UnsupportedVersion
    from hl7apy.parser import parse_message

    odd = any(len(segment.fields[0].strip()) != 3 for segment in message.segments)
    helps = frozenset({Help.NAME} if odd else ())
    while True:
        try:
            parsed = parse_message(_text(message, helps), find_groups=False)
        except InvalidEncodingChars as error:
            help_ = _of_separators(message)
            if help_ is None or help_ in helps:
                raise Unreferred("MSH-2 has not four characters") from error
        except (UnsupportedVersion, TypeError) as error:
            help_ = Help.VERSION
            if help_ in helps:
                raise Unreferred("MSH-12") from error
        except HL7apyException as error:
            help_ = Help.SEGMENT
            if help_ in helps:
                raise Unreferred(type(error).__name__) from error
        else:
            break
        helps |= {help_}
    if len(parsed.children) != len(message.segments):
        raise Unreferred("segments lost")
    escape = message.separators.escape
    found = [
        field
        for rank, segment in enumerate(parsed.children)
        for field in _theirs(rank, segment, escape)
    ]
    return found, helps


def _of_separators(message: Message) -> Help | None:
    marks = message.separators
    if not marks.subcomponent:
        return None
    return Help.FIFTH if marks.truncation else Help.DOUBLED


def _text(message: Message, helps: frozenset[Help]) -> str:
    """The message as text, changed so that hl7apy reads on where we do."""
    marks = message.separators
    lines = er7_of(message).rstrip("\r").split("\r")
    header = lines[0].split(marks.field)
    if helps & {Help.FIFTH, Help.DOUBLED}:
        header[1] = marks.component + marks.repetition + marks.escape + marks.subcomponent
    if Help.VERSION in helps:
        header[11:12] = ["2.5"]
    lines[0] = marks.field.join(header)
    if Help.NAME in helps:
        lines = [
            line if line[3:4] == marks.field else f"ZZZ{line[len(line.split(marks.field)[0]) :]}"
            for line in lines
        ]
    if Help.SEGMENT in helps:
        version = "2.5" if Help.VERSION in helps else (message.header.value(12) or "2.5")
        lines = [line if _known(line[:3], version) else f"Z{line[1:]}" for line in lines]
    return "\r".join(lines)


@cache
def _known(name: str, version: str) -> bool:
    from hl7apy import load_reference
    from hl7apy.exceptions import HL7apyException

    try:
        load_reference(name, "Segment", version)
    except HL7apyException:
        return name.startswith("Z")
    return True


def _theirs(rank: int, segment: "Element", escape: str) -> list[Field]:
    found = []
    repetitions: dict[int, int] = {}
    for field in segment.children:
        number = _rank(field.name)
        repetition = None
        if number is not None:
            repetition = repetitions[number] = repetitions.get(number, 0) + 1
        if segment.name == "MSH" and number in {1, 2, 12}:
            continue
        leaves = tuple(
            (_rank(component.name), _rank(part.name), text)
            for component in field.children
            for part in component.children
            if (text := _plain(part.to_er7(), escape))
        )
        if leaves:
            found.append(Field(rank, number, repetition, leaves))
    return found


@cache
def _rank(name: str | None) -> int | None:
    """The number at the end of `PID_3` or `CX_4`; none for `ST` and for no name."""
    shape = re.fullmatch(r".+_(\d+)", name or "")
    return int(shape[1]) if shape else None


def _plain(leaf: str, escape: str) -> str:
    text = (leaf.replace(f"{escape}E{escape}", escape) if escape else leaf).strip()
    return re.sub(r"^0+(?=[0-9])", "", text) if re.fullmatch(r"[0-9.]+", text) else text


@dataclass
class Comparison:
    """What came of asking the referee about many messages.

    `helped` counts the messages that needed each help, `unreferred` those on which hl7apy gives
    no verdict, by cause. `differing` names the messages on which it gives another one.
    """

    messages: int = 0
    agreed: int = 0
    leaves: int = 0
    helped: Counter[Help] = derived(default_factory=Counter)
    unreferred: Counter[str] = derived(default_factory=Counter)
    differing: list[str] = derived(default_factory=list)

    def compare(self, name: str, message: Message) -> None:
        """Ask about one more message; `name` is that of its file."""
        self.messages += 1
        mine = our_fields(message)
        try:
            theirs, helps = their_fields(message)
        except Unreferred as cause:
            self.unreferred[str(cause)] += 1
            return
        self.helped.update(helps)
        pairs = zip(mine, theirs, strict=False)
        if len(mine) == len(theirs) and all(one.agrees(other) for one, other in pairs):
            self.agreed += 1
            self.leaves += sum(len(field.leaves) for field in mine)
        else:
            self.differing.append(name)


def compared(paths: Iterable[Path]) -> Comparison:
    """Every message of these files, beside what hl7apy finds in it."""
    comparison = Comparison()
    for path in paths:
        decoded = decode(path.read_bytes())
        for message in tokenise(decoded.text or "").messages:
            comparison.compare(path.name, message)
    return comparison
