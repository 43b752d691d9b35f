"""Z segments of an order, read as the table of the site says, and told where it says nothing."""

from pathlib import Path

import pytest
from hl7v2_messages import doubts, joined, msh

from connectors.hl7v2.read import read
from engine.pipeline.assess import assess
from mappings.catalogue import load_site
from mappings.site_check import check_site
from schemas.finding import FindingCode
from schemas.prescription import Prescription
from schemas.site import Site

REFERENCE = Path(__file__).parents[3] / "mappings" / "sites" / "reference"
PID = "PID|1||1^^^EHPAD^PI||EXEMPLE^Odette||19400512|F"
ORDER = ("RXE||P^PRODUIT^L|1||CP^comprimé", "RXR|PO", "TQ1|1||BID|||||||||")
ROWS = """\
ZRX-1;numéro de l'ordonnance;prescription.group;guide de l'éditeur;
ZRX-2;numéro de la ligne chez l'éditeur;line.identifier;guide de l'éditeur;
ZRX-3;consigne;line.note;guide de l'éditeur;
ZRX-4.2;motif en clair;line.indication;guide de l'éditeur;
ZRX-5;à préparer;line.supplied;guide de l'éditeur;
ZRX-6;poste de saisie;ignored;guide de l'éditeur;
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    folder = tmp_path / "vendor-tests"
    (folder / "hl7v2").mkdir(parents=True)
    for name in ("site.toml", "moments.csv", "distributions.csv", "compartments.csv"):
        text = (REFERENCE / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("reference/", "vendor-tests/"), "utf-8")
    head = "# table: vendor-tests/hl7v2/z_fields  target: schemas.vendor.VendorField  version: 1\n"
    columns = "code;text;target;source;read_by\n"
    (folder / "hl7v2" / "z_fields.csv").write_text(head + columns + ROWS, "utf-8")
    monkeypatch.setenv("SEMAINIER_SITES", str(tmp_path))
    assert check_site(folder) == []
    return load_site("vendor-tests")


def prescriptions(site: Site, *segments: str) -> tuple[Prescription, ...]:
    text = joined(msh("RDE^O11"), PID, *segments)
    return read(text.encode(), site).prescriptions


def test_fields_of_the_sender_fill_fields_of_ours(site: Site) -> None:
    zrx = "ZRX|ORD-9|L-77|ne pas couper|M1^hypertension|N|poste 4"

    (prescription,) = prescriptions(site, "ORC|NW|A1^DPI", *ORDER, zrx)
    (line,) = prescription.lines

    assert prescription.chain.group is not None
    assert prescription.chain.group.value == "ORD-9"
    assert [one.value for one in line.identifiers] == ["A1", "L-77"]
    assert [(note.text, note.scope) for note in line.notes] == [("ne pas couper", "ZRX-3")]
    assert line.indication == "hypertension"
    assert line.supplied is False


def test_two_orders_with_one_number_of_the_sender_are_one_prescription(site: Site) -> None:
    (prescription,) = prescriptions(
        site, "ORC|NW|A1^DPI", *ORDER, "ZRX|ORD-9", "ORC|NW|A2^DPI", *ORDER, "ZRX|ORD-9"
    )

    assert len(prescription.lines) == 2


def test_the_placer_group_of_the_standard_wins(site: Site) -> None:
    (prescription,) = prescriptions(site, "ORC|NW|A1^DPI||G1^DPI", *ORDER, "ZRX|ORD-9")

    assert prescription.chain.group is not None
    assert prescription.chain.group.value == "G1"


def test_words_of_the_sender_are_held_against_the_structure(site: Site) -> None:
    """One tablet twice a day against three in the morning."""
    text = joined(msh("RDE^O11"), PID, "ORC|NW|A1^DPI", *ORDER, "ZRX|||3 comprimés le matin")

    [assessed] = assess(read(text.encode(), site), site).prescriptions

    assert FindingCode.TEXT_CONTRADICTS in [found.code for found in assessed.lines[0].findings]


def test_a_field_that_the_site_does_not_state_is_told_by_its_name(site: Site) -> None:
    zrx = "ZRX|||||||sous la langue"

    (prescription,) = prescriptions(site, "ORC|NW|A1^DPI", *ORDER, zrx)
    told = [found for found in prescription.lines[0].findings if "z_fields" in found.message]

    assert doubts(told) == [("element-unread", "ZRX[1]-7")]
    assert told[0].quoted == "sous la langue"


def test_another_z_segment_is_told_as_before(site: Site) -> None:
    (prescription,) = prescriptions(site, "ORC|NW|A1^DPI", *ORDER, "ZZZ|x")

    assert ("element-unread", "ZZZ[1]") in doubts(prescription.lines[0].findings)


def test_a_flag_that_is_neither_yes_nor_no_blocks(site: Site) -> None:
    (prescription,) = prescriptions(site, "ORC|NW|A1^DPI", *ORDER, "ZRX|||||peut-être")
    (line,) = prescription.lines

    assert line.supplied is None
    assert FindingCode.VALUE_INVALID in [found.code for found in line.findings]


def test_without_a_table_every_z_segment_is_told() -> None:
    (prescription,) = prescriptions(load_site("reference"), "ORC|NW|A1^DPI", *ORDER, "ZRX|ORD-9")

    assert ("element-unread", "ZRX[1]") in doubts(prescription.lines[0].findings)
