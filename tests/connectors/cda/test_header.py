"""The header of an e-prescription: its number, its versions, its flags, who is to execute it."""

from collections.abc import Callable

from schemas.connector import Reading
from schemas.prescription import Prescription

Readings = Callable[..., Reading]
NUMBER = '<id root="1.2.250.1.215.500.1.1" extension="01S2EXEMPLE0000001"/>'
ORDER = '<code code="57833-6"/>'


def prescription_of(reading_of: Readings, header: str) -> Prescription:
    (prescription,) = reading_of("", header=header).prescriptions
    return prescription


def event(inner: str, attributes: str = "") -> str:
    return f"<documentationOf><serviceEvent {attributes}>{inner}</serviceEvent></documentationOf>"


def notes(reading_of: Readings, header: str) -> list[tuple[str | None, str]]:
    return [(note.scope, note.text) for note in prescription_of(reading_of, header).notes]


def test_the_number_of_the_e_prescription_comes_before_that_of_the_document(
    reading_of: Readings,
) -> None:
    found = prescription_of(reading_of, event(NUMBER + ORDER)).identifiers

    assert [(each.value, each.authority) for each in found] == [
        ("01S2EXEMPLE0000001", "1.2.250.1.215.500.1.1"),
        ("2.25.7", None),
    ]


def test_versions_of_one_set_follow_each_other(reading_of: Readings) -> None:
    header = """<setId root="2.25.70"/><versionNumber value="3"/>
      <relatedDocument typeCode="RPLC"><parentDocument><id root="2.25.6"/>
      <versionNumber value="2"/></parentDocument></relatedDocument>"""

    chain = prescription_of(reading_of, header).chain

    assert chain.group is not None
    assert (chain.group.value, chain.version) == ("2.25.70", "3")
    assert [each.value for each in chain.replaces] == ["2.25.6"]


def test_a_document_that_is_only_added_to_is_not_replaced(reading_of: Readings) -> None:
    header = """<relatedDocument typeCode="APND"><parentDocument><id root="2.25.6"/>
      </parentDocument></relatedDocument>"""

    assert prescription_of(reading_of, header).chain.replaces == ()


def test_each_flag_is_a_note_with_its_code(reading_of: Readings) -> None:
    flags = "".join(
        event(f'<code code="{code}" displayName="{words}"/>', 'classCode="INFO"')
        for code, words in (("MED-1094", "Exécution à domicile"), ("MED-1096", "Bizone"))
    )

    assert notes(reading_of, flags) == [
        ("MED-1094", "Exécution à domicile"),
        ("MED-1096", "Bizone"),
    ]


def test_the_validity_is_a_note_whose_end_may_be_unknown(reading_of: Readings) -> None:
    period = '<effectiveTime><low value="20260105"/><high nullFlavor="UNK"/></effectiveTime>'

    assert notes(reading_of, event(ORDER + period)) == [("validity", "20260105 / …")]


def test_who_is_to_execute_it_and_when_are_notes(reading_of: Readings) -> None:
    header = """<participant typeCode="PRF"><time><high value="20260110"/></time>
      <associatedEntity><id root="1.2.250.1.71.4.2.1" extension="899700067210"/>
      <associatedPerson><name><given>Jeanne</given><family>OFFICINE</family></name>
      </associatedPerson><scopingOrganization><name>Pharmacie des Tilleuls</name>
      </scopingOrganization></associatedEntity></participant>"""

    assert notes(reading_of, header) == [
        ("wished-date", "20260110"),
        ("wished-pharmacy", "Pharmacie des Tilleuls"),
        ("wished-pharmacist", "Jeanne OFFICINE 899700067210"),
    ]


def test_the_doctor_who_is_replaced_is_a_note(reading_of: Readings) -> None:
    header = """<participant typeCode="CON"><associatedEntity>
      <id root="1.2.250.1.71.4.2.1" extension="810004152632"/></associatedEntity></participant>"""

    assert notes(reading_of, header) == [("CON", "810004152632")]
