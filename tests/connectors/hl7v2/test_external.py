"""Real messages of many senders: all are read or refused, and hl7apy sees the same values."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hl7v2_messages import SITE

from connectors.hl7v2.er7.charset import decode
from connectors.hl7v2.er7.segment import Message, Segment
from connectors.hl7v2.er7.tokeniser import tokenise
from connectors.hl7v2.lint import er7_of
from connectors.hl7v2.read import read
from schemas.connector import Reading

OWN = Path(__file__).parents[3] / "samples" / "hl7v2"
FOLDERS = ("hl7v2", "french/hl7v2")
LONGEST = 20_000
"""Characters of a message that hl7apy parses in reasonable time."""

ORDERS = re.compile(r"(?:RDE|OMP|ORM)\^")


def real_files(root: Path) -> list[Path]:
    found = (path for folder in FOLDERS for path in (root / folder).rglob("*"))
    return sorted(path for path in found if path.is_file() and path.suffix != ".json")


def test_every_real_file_is_read_or_refused_with_a_place(external_samples: Path) -> None:
    files = real_files(external_samples)
    outcomes: Counter[str] = Counter()
    silent = []

    for path in files:
        reading = read(path.read_bytes(), SITE)
        outcomes["refused" if reading.is_empty else "read"] += 1
        if reading.is_empty and not any(finding.location for finding in reading.findings):
            silent.append(path.name)

    assert silent == []
    assert outcomes["read"] > 100
    assert sum(outcomes.values()) == len(files)


def groups_counted(text: str) -> int:
    """Orders with a detail, counted on the bare lines: at most one RXE and one RXO each."""
    total, names = 0, Counter[str]()
    for line in [*re.split(r"[\r\n]+", text), "ORC"]:
        name = line.strip()[:3].upper()
        if name == "ORC":
            total += max(names["RXE"], names["RXO"])
            names.clear()
        names[name] += 1
    return total


def lines_with_a_detail(reading: Reading) -> int:
    return sum(line.product.location != "" for each in reading.prescriptions for line in each.lines)


def test_as_many_orders_are_read_as_stand_in_the_text(external_samples: Path) -> None:
    differing, compared = [], 0

    for path in real_files(external_samples):
        data = path.read_bytes()
        reading = read(data, SITE)
        if reading.kind is not None and ORDERS.match(reading.kind) and reading.prescriptions:
            compared += 1
            if lines_with_a_detail(reading) != groups_counted(decode(data).text or ""):
                differing.append(path.name)

    assert differing == []
    assert compared > 50


Leaves = list[tuple[str, int, int, list[str]]]


def as_both_write(leaf: str) -> str:
    """A leaf without what hl7apy rewrites: blanks around, leading zeros, escaped escapes."""
    text = leaf.replace("\\E\\", "\\").strip()
    return re.sub(r"^0+(?=[0-9])", "", text) if re.fullmatch(r"[0-9.]+", text) else text


def our_leaves(message: Message) -> Leaves:
    found: Leaves = []
    for segment in message.segments:
        for field in range(1, len(segment.fields)):
            if segment.name == "MSH" and field < 3:
                continue
            for rank, components in enumerate(segment.cells(field), start=1):
                parts = [as_both_write(part) for component in components for part in component]
                leaves = [part for part in parts if part]
                if leaves:
                    found.append((segment.name, field, rank, leaves))
    return found


def their_leaves(message: Message) -> Leaves | None:
    """What hl7apy finds without groups; `None` when it refuses or loses segments."""
    from hl7apy.exceptions import HL7apyException
    from hl7apy.parser import parse_message

    try:
        parsed = parse_message(er7_of(message), find_groups=False)
    except (HL7apyException, TypeError, ValueError):
        return None
    if [one.name for one in parsed.children] != [one.name for one in message.segments]:
        return None
    if any(field.name is None for segment in parsed.children for field in segment.children):
        return None  # a field beyond those of the version has no number there
    found: Leaves = []
    marks = re.escape(message.separators.component + message.separators.subcomponent)
    for segment in parsed.children:
        ranks: Counter[int] = Counter()
        for field in segment.children:
            number = int(field.name.rpartition("_")[2])
            ranks[number] += 1
            if segment.name == "MSH" and number < 3:
                continue
            parts = [as_both_write(part) for part in re.split(f"[{marks}]", field.to_er7())]
            leaves = [part for part in parts if part]
            if leaves:
                found.append((segment.name, number, ranks[number], leaves))
    return found


def agreement(paths: list[Path]) -> tuple[int, int, list[str]]:
    """Messages on which both agree, those that hl7apy does not give whole, and the others."""
    agreed, lost, differing = 0, 0, []
    for path in paths:
        text = decode(path.read_bytes()).text
        for message in tokenise(text).messages if text and len(text) < LONGEST else ():
            theirs = their_leaves(message)
            if theirs is None:
                lost += 1
            elif sorted(theirs) == sorted(our_leaves(message)):
                agreed += 1
            else:
                differing.append(path.name)
    return agreed, lost, differing


def test_hl7apy_finds_the_same_leaves_in_our_own_samples() -> None:
    agreed, _, differing = agreement(sorted(OWN.glob("*.hl7")))

    assert differing == []
    assert agreed >= 15


def test_hl7apy_finds_the_same_leaves_in_real_messages_that_it_keeps(
    external_samples: Path,
) -> None:
    agreed, lost, differing = agreement(real_files(external_samples))

    assert differing == []
    assert agreed > lost


@pytest.mark.parametrize("sample", sorted(OWN.glob("*.hl7")), ids=lambda path: path.stem)
def test_every_segment_of_our_own_samples_comes_out(sample: Path) -> None:
    text = decode(sample.read_bytes()).text
    lines = [line for line in re.split(r"[\r\n]+", text or "") if line]

    file = tokenise(text or "")

    segments: list[Segment] = [one for each in file.messages for one in each.segments]
    assert len(segments) + len(file.envelope) == len(lines)
