"""Every segment has one place: that of its structure, or the one that fits best."""

from importlib import import_module
from typing import Any

import pytest
from hl7v2_messages import PID, an_order, doubts, file_of, joined, line_doubts, msh, read_text, rxe
from hypothesis import given
from hypothesis import strategies as st

from connectors.hl7v2.orders.content import Content, content_of
from connectors.hl7v2.orders.grammar import grammar_of
from mappings.catalogue import table
from mappings.table import Row

TQ1, RXR, RXO = "TQ1|1||BID", "RXR|PO", "RXO|P1^PRODUIT^L|1||TAB^comprimé"


def content(names: str, kind: str = "RDE^O11", version: str = "2.5.1") -> Content:
    """A message of empty segments of these names, after MSH."""
    text = joined(msh(kind, version=version), *(f"{name}|" for name in names.split()))
    (message,) = file_of(text).messages
    return content_of(message)


def told(found: Content) -> list[str]:
    """Each order as its segments with their parts."""
    return [
        ", ".join(
            f"{one.name} {part.value}" for one, part in zip(each.segments, each.parts, strict=True)
        )
        for each in found.groups
    ]


def out_of_place(found: Content) -> list[str]:
    return [segment.place for each in found.groups for segment in each.misplaced]


def test_a_message_as_the_standard_has_it_has_each_segment_in_its_part() -> None:
    found = content(
        "PID PV1 AL1 ORC TQ1 RXO NTE RXR RXC NTE RXE NTE TQ1 TQ2 RXR RXC OBX NTE ORC RXE"
    )

    assert [segment.name for segment in found.head] == ["MSH", "PID", "PV1", "AL1"]
    assert told(found) == [
        "TQ1 timing requested, RXO order detail, NTE order detail, RXR order detail, "
        "RXC components, NTE components, RXE encoding, NTE encoding, TQ1 timing encoded, "
        "TQ2 timing encoded, RXR encoding, RXC encoding, OBX observation, NTE observation",
        "RXE encoding",
    ]
    assert out_of_place(found) == []


@pytest.mark.parametrize(
    ("names", "expected", "amiss"),
    [
        # FrameworkLTC: both routes, a note before the timing, segments of the sender.
        (
            "PID ORC RXO RXR RXE NTE TQ1 RXR ZPI",
            [
                "RXO order detail, RXR order detail, RXE encoding, NTE encoding, "
                "TQ1 timing encoded, RXR encoding, ZPI encoding"
            ],
            ["ZPI[1]"],
        ),
        ("PID ORC TQ1 RXE RXR", ["TQ1 timing requested, RXE encoding, RXR encoding"], []),
        ("PID ORC RXE RXR TQ1", ["RXE encoding, RXR encoding, TQ1 timing encoded"], ["TQ1[1]"]),
        (
            "PID ORC RXO RXR TQ1 RXE",
            ["RXO order detail, RXR order detail, TQ1 timing requested, RXE encoding"],
            ["TQ1[1]"],
        ),
        ("PID ORC RXR RXE", ["RXR order detail, RXE encoding"], ["RXR[1]"]),
        ("PID ORC OBX RXE", ["OBX order, RXE encoding"], ["OBX[1]"]),
        (
            "PID ORC NTE RXE TQ1 NTE RXR NTE",
            [
                "NTE order, RXE encoding, TQ1 timing encoded, NTE encoding, RXR encoding, "
                "NTE encoding"
            ],
            ["NTE[1]", "NTE[2]", "NTE[3]"],
        ),
        ("PID RXE TQ1 ORC", ["RXE encoding, TQ1 timing encoded", ""], []),
        ("PID ORC RXE TQ1 RXE", ["RXE encoding, TQ1 timing encoded", "RXE encoding"], []),
        ("PID ORC RXE RXO", ["RXE encoding", "RXO order detail"], []),
        ("PID ORC RXE AL1 PV1", ["RXE encoding, AL1 encoding, PV1 encoding"], ["AL1[1]", "PV1[1]"]),
    ],
)
def test_a_segment_out_of_its_order_takes_the_part_that_fits_best(
    names: str, expected: list[str], amiss: list[str]
) -> None:
    found = content(names)

    assert told(found) == expected
    assert out_of_place(found) == amiss


@pytest.mark.parametrize(
    ("kind", "names", "expected"),
    [
        ("RDS^O13", "ORC RXO NTE RXE TQ1 RXD RXR", "RXD dispense, RXR dispense"),
        ("RDS^O01", "ORC RXD RXR", "RXD dispense, RXR dispense"),
        ("RGV^O15", "ORC RXG TQ1 RXR RXG", "TQ1 timing of a give, RXR give, RXG give"),
        ("RAS^O17", "ORC RXE RXA RXR RXA", "RXA administration, RXR administration, RXA admin"),
        ("RRE^O12", "MSA PID ORC RXE TQ1", "RXE encoding, TQ1 timing encoded"),
        ("RRA^O18", "MSA ORC RXA RXR", "RXA administration, RXR administration"),
        ("ORP^O10", "MSA ORC RXO NTE", "RXO order detail, NTE order detail"),
        ("OMP^O09", "ORC TQ1 RXO RXC NTE", "TQ1 timing requested, RXO order detail, RXC compon"),
        ("ORM^O01", "ORC RXO RXR TQ1", "RXO order detail, RXR order detail, TQ1 timing request"),
    ],
)
def test_each_message_of_the_pharmacy_has_its_structure(
    kind: str, names: str, expected: str
) -> None:
    (only,) = told(content(f"PID {names}", kind))

    assert expected in only


@pytest.mark.parametrize("version", ["2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8", "2.8.2"])
@pytest.mark.parametrize("kind", ["RDE^O11", "RDE^O01"])
def test_the_encoded_timing_is_found_in_every_version(kind: str, version: str) -> None:
    (only,) = told(content("PID ORC TQ1 RXE TQ1 RXR", kind, version))

    assert only == "TQ1 timing requested, RXE encoding, TQ1 timing encoded, RXR encoding"


def test_a_segment_of_a_later_version_is_read_and_said_once() -> None:
    old = an_order(rxe(), TQ1, RXR, header=msh("RDE^O11", version="2.4"))

    reading = read_text(old)

    assert doubts(reading.findings) == [("segment-misplaced", "TQ1[1]")]
    assert reading.findings[0].message == "TQ1 is no segment of RDE^O11 in version 2.4"
    assert reading.prescriptions[0].lines[0].posology.phases[0].location == "TQ1[1]"


def test_a_segment_of_an_order_out_of_its_place_is_said_by_the_line() -> None:
    assert line_doubts(an_order(RXR, rxe(), TQ1)) == [("segment-misplaced", "RXR[1]")]


BESIDE = ["PID", "PV1", "AL1", "MSA", "ERR", "FT1", "CTI", "BLG", "ZPI", "DG1", "OBR", "PRT", "RXV"]
ORDERED = ["ORC", "RXO", "RXE", "RXR", "RXC", "TQ1", "TQ2", "NTE", "OBX", "RXD", "RXG", "RXA"]
NAMES = [*ORDERED, *BESIDE]
READ = ["OMP^O09", "RDE^O11", "RDE^O01", "RDE", "RDS^O13", "RGV^O15", "RAS^O17", "ORM^O01"]
ANSWERS = ["ORP^O10", "RRE^O12", "RRD^O14", "RRG^O16", "RRA^O18", "XXX^Y99"]
KINDS = [*READ, *ANSWERS]


@given(
    names=st.lists(st.sampled_from(NAMES), max_size=30),
    kind=st.sampled_from(KINDS),
    version=st.sampled_from(["2.3.1", "2.4", "2.5.1", "2.8.1"]),
)
def test_every_segment_in_is_a_segment_placed(names: list[str], kind: str, version: str) -> None:
    found = content(" ".join(names), kind, version)

    heads = [segment.place for segment in found.head]
    inside = [segment.place for each in found.groups for segment in each.segments]
    orders = [each.orc.place for each in found.groups if each.orc and not each.shared]
    assert sorted(heads + inside + orders) == sorted(
        ["MSH[1]", *(f"{name}[{names[: at + 1].count(name)}]" for at, name in enumerate(names))]
    )


@given(names=st.lists(st.sampled_from(NAMES), max_size=12), kind=st.sampled_from(KINDS))
def test_no_value_is_lost_whatever_the_order_of_the_segments(names: list[str], kind: str) -> None:
    segments = [f"{name}|v{at}" for at, name in enumerate(names)]

    reading = read_text(joined(msh(kind), PID, *segments))

    values = {source.value for source in reading.sources}
    assert values >= {f"v{at}" for at in range(len(names))}


def rows() -> list[Row]:
    return list(table("hl7v2/structures"))


def as_published(structure: Any) -> str:
    """The structure that hl7apy carries, in the notation of the standard."""
    said = []
    for name, content, (least, most), kind in structure[1]:
        if kind == "SEG":
            text = name
        elif content[0] == "choice":
            text = "|".join(one[0] for one in content[1])
        else:
            text = f"<{name.split('_', 2)[2]}: {as_published(content)}>"
        text = text if most == 1 else f"{{{text}}}"
        said.append(text if least else f"[{text}]")
    return " ".join(said)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.code)
def test_a_structure_is_the_one_of_its_version(row: Row) -> None:
    name, _, version = row.code.partition(" ")
    if name == "RRG_O02":
        pytest.skip("hl7apy has its groups PATIENT and RESPONSE the wrong way round")
    published = import_module(f"hl7apy.v{version.replace('.', '_')}.messages").MESSAGES

    assert row.target == as_published(published[name])
    assert "ORC" in grammar_of(row.target).names


@pytest.mark.parametrize("text", ["MSH [NTE", "MSH NTE]", "MSH {<ORDER: ORC}"])
def test_a_text_that_is_no_structure_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"missing|never opened"):
        grammar_of(text)


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("RDE^O11", None),
        ("RDE^O25^RDE_O25", None),
        ("RDE", "MSH[1]-9"),
        ("RDE_O11", "MSH[1]-9"),
        ("^^RDE_O11", "MSH[1]-9.1"),
        ("RDE^^RDE_O11", "MSH[1]-9.1"),
    ],
)
def test_an_encoded_order_is_known_by_what_its_header_says_of_it(
    kind: str, place: str | None
) -> None:
    reading = read_text(an_order(rxe(), TQ1, RXR, header=msh(kind)))

    assert len(reading.prescriptions) == 1
    assert doubts(reading.findings) == ([("structure-invalid", place)] if place else [])


def test_the_structure_of_another_message_is_left_unused() -> None:
    reading = read_text(an_order(rxe(), TQ1, RXR, header=msh("RDE^O11^OMP_O09")))

    assert "MSH[1]-9.3" in [source.location for source in reading.unused]
    assert len(reading.prescriptions) == 1
