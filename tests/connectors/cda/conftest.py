"""A small e-prescription around the part that a test is about."""

from collections.abc import Callable

import pytest

from connectors.cda.read import read
from mappings.catalogue import load_site
from schemas.connector import Reading
from schemas.posology import Phase

NORMAL = "1.3.6.1.4.1.19376.1.5.3.1.4.7.1"

_FRAME = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <templateId root="1.2.250.1.213.1.1.1.39" extension="2024.01"/>
  <id root="2.25.7"/><code code="57833-6" codeSystem="2.16.840.1.113883.6.1"/>
  <effectiveTime value="20260105093000+0100"/>
  {header}
  <component><structuredBody><component><section>
    <templateId root="1.2.250.1.213.1.1.2.171"/>
    <text>{narrative}</text>
    <entry><substanceAdministration classCode="SBADM" moodCode="INT">
      <templateId root="{mode}"/><id root="LINE-1"/>
      {entry}
      <consumable><manufacturedProduct><manufacturedMaterial>
        <name>PARACETAMOL 500 mg</name></manufacturedMaterial></manufacturedProduct></consumable>
    </substanceAdministration></entry>
  </section></component></structuredBody></component>
</ClinicalDocument>"""


@pytest.fixture
def reading_of() -> Callable[..., Reading]:
    """Reads a document with this entry, narrative, dosing mode and header."""

    def build(entry: str, narrative: str = "", mode: str = NORMAL, header: str = "") -> Reading:
        text = _FRAME.format(entry=entry, narrative=narrative, mode=mode, header=header)
        return read(text.encode(), load_site("reference"))

    return build


@pytest.fixture
def phases_of(reading_of: Callable[..., Reading]) -> Callable[..., tuple[Phase, ...]]:
    """The phases of the one line of such a document."""

    def build(entry: str, **others: str) -> tuple[Phase, ...]:
        return reading_of(entry, **others).prescriptions[0].lines[0].posology.phases

    return build
