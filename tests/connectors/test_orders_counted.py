"""Orders that were read against orders that are there, over every external sample.

What is there is counted by patterns alone, without our readers: a message whose orders are not all
read, or that is refused, says so with a finding.
"""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.registry import detect
from mappings.catalogue import load_site
from schemas.connector import Reading

EXTERNAL = os.environ.get("SEMAINIER_EXTERNAL_SAMPLES")
SITE = load_site("reference")
LARGEST = 4 * 1024 * 1024

pytestmark = pytest.mark.skipif(
    not EXTERNAL,
    reason="SEMAINIER_EXTERNAL_SAMPLES is not set: the messages of others are not here",
)


def hl7v2_orders(data: bytes) -> int:
    """Encoded orders, or requested ones where no order of the message is encoded."""
    count = Counter(re.findall(rb"(?:^|[\r\n])[ \t]*(RXE|RXO)\|", data))
    return count[b"RXE"] or count[b"RXO"]


def fhir_orders(data: bytes) -> int:
    in_json = re.findall(rb'"resourceType"\s*:\s*"MedicationRequest"', data)
    return len(in_json) + len(re.findall(rb"<MedicationRequest[\s>]", data))


def pn13_orders(data: bytes) -> int:
    return len(re.findall(rb"<[^/<>\s]*l[^<>\s]{1,2}ment_prescr_m[^<>\s]{1,2}dic[\s>]", data))


def cda_orders(data: bytes) -> int:
    """Orders, and treatments told of: each administration that is an entry.

    Vaccines are left out, and so is the statement that no treatment is known.
    """
    entry = rb"<entry(?:\s[^>]*)?>\s*(?:<!--.*?-->\s*)*<substanceAdministration(?s:.*?)</entry>"
    others = (b'"1.3.6.1.4.1.19376.1.5.3.1.4.12', b'"no-known-medications', b'"no-medication-info')
    return sum(not any(name in each for name in others) for each in re.findall(entry, data))


COUNTED: dict[str, Callable[[bytes], int]] = {
    "cda": cda_orders,
    "fhir": fhir_orders,
    "hl7v2": hl7v2_orders,
    "pn13": pn13_orders,
}


def files() -> list[Path]:
    assert EXTERNAL is not None
    found = sorted(path for path in Path(EXTERNAL).rglob("*") if path.is_file())
    return [path for path in found if path.stat().st_size <= LARGEST]


def orders_of(reading: Reading) -> int:
    """Lines, and the orders that HL7 v2 repeats beside what was given out."""
    lines = sum(len(prescription.lines) for prescription in reading.prescriptions)
    beside = [each for each in reading.dispenses if each.ordered is not None]
    return lines + (len(beside) if reading.format == "hl7v2" else 0)


def reason_of(reading: Reading) -> str:
    blocking = [finding.code.value for finding in reading.findings if finding.blocks]
    return blocking[0] if blocking else "no reason"


def test_every_order_is_read_or_its_message_says_why_not() -> None:
    rows: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    reasons: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    lost: list[tuple[str, str, int, int, str | None]] = []
    for path in files():
        data = path.read_bytes()
        connector = detect(data)
        if connector is None or connector.name not in COUNTED or connector.read is None:
            continue
        reading = connector.read(data, SITE)
        key = (connector.name, str(path.parent.relative_to(str(EXTERNAL))))
        there, found = COUNTED[connector.name](data), orders_of(reading)
        rows[key].update(
            messages=1,
            read=int(not reading.is_empty),
            refused=int(reading.is_empty),
            there=there,
            found=found,
            unused=len(reading.unused),
        )
        if reading.is_empty:
            reasons[key][reason_of(reading)] += 1
        if found != there:
            told = reason_of(reading) if any(each.blocks for each in reading.findings) else None
            lost.append((connector.name, path.name, there, found, told))
    for key, row in sorted(rows.items()):
        refused = ", ".join(f"{code} {times}" for code, times in reasons[key].most_common())
        print(
            f"{key[0]:6} {key[1]:58} messages {row['messages']:4} read {row['read']:4} "
            f"orders {row['there']:4} found {row['found']:4} unused {row['unused']:6} "
            f"refused {row['refused']:4} {refused}"
        )
    for one in lost:
        print("not equal:", *one)
    assert [one for one in lost if one[-1] is None] == []
