"""CDA documents for the table of constructs: a fragment of a line, in a clean document."""

from datetime import datetime

_NORMAL = "1.3.6.1.4.1.19376.1.5.3.1.4.7.1"
_MODES = "1.3.6.1.4.1.19376.1.5.3.1.4."
DOSE = (
    '<doseQuantity><low value="1" unit="{tablet}"/><high value="1" unit="{tablet}"/></doseQuantity>'
)
_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:pharm="urn:ihe:pharm:medication"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <templateId root="1.2.250.1.213.1.1.1.39" extension="2024.01"/>
  <id root="2.25.41"/><code code="57833-6" codeSystem="2.16.840.1.113883.6.1"/>
  <effectiveTime value="{written}"/>
  <recordTarget><patientRole><id extension="142026912305576" root="1.2.250.1.213.1.4.10"/>
    <patient><name><family qualifier="BR">FICTIF</family><given qualifier="BR">LUCIEN</given></name>
    <administrativeGenderCode code="M"/><birthTime value="19420203"/></patient>
  </patientRole></recordTarget>
  <author><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="810004152632"/>
    <assignedPerson><name><family>MODÈLE</family></name></assignedPerson>
  </assignedAuthor></author>
  <component><structuredBody><component><section>
    <templateId root="1.2.250.1.213.1.1.2.171"/>
    <text><content ID="m">PARACETAMOL ARROW 500 mg, comprimé</content></text>
    <entry><substanceAdministration classCode="SBADM" moodCode="INT">
      {mode}<id root="2.25.42"/><text><reference value="#m"/></text>
      <statusCode code="completed"/>{period}{example}{dose}
      <consumable><manufacturedProduct><manufacturedMaterial>
        <code code="60234100" codeSystem="1.2.250.1.213.2.3.1">
          <translation code="3400933516390" codeSystem="1.2.250.1.213.2.3.2"/></code>
        <name>PARACETAMOL ARROW 500 mg, comprimé</name>
        <pharm:formCode code="10219000" displayName="Comprimé"
          codeSystem="0.4.0.127.0.16.1.1.2.1"/>
      </manufacturedMaterial></manufacturedProduct></consumable>
    </substanceAdministration></entry>
  </section></component></structuredBody></component>
</ClinicalDocument>"""


def message(example: str, start: str) -> bytes:
    """A document of one line that is written at `start` (ISO 8601) and starts on its day.

    `example` are elements of the line. What it does not state is clean: a treatment that starts
    on the day of `start` and stays open, one tablet, and the normal dosing mode.
    """
    begins = datetime.fromisoformat(start)
    dated = '"IVL_TS"' in example or "<effectiveTime value" in example
    period = f'<effectiveTime xsi:type="IVL_TS"><low value="{begins:%Y%m%d}"/></effectiveTime>'
    return _DOCUMENT.format(
        written=f"{begins:%Y%m%d%H%M%S%z}",
        mode="" if _MODES in example else f'<templateId root="{_NORMAL}"/>',
        period="" if dated else period,
        example=example,
        dose="" if "doseQuantity" in example else DOSE,
    ).encode()
