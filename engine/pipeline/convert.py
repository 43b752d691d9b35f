"""One file of any format written in another one; nothing is stored and nothing sent."""

from connectors import registry
from engine.pipeline.file import read_file
from mappings.catalogue import load_site
from schemas.canonical import sha256
from schemas.conversion import Conversion
from schemas.errors import Refused


def convert(
    data: bytes, *, format_name: str | None, target: str, form: str, site: str
) -> Conversion:
    """The bytes in the format `target`, with the report of all that they do not carry.

    `form` is a form of the target (`json`, `xml`). The same bytes give the same result again.
    Raises: `Refused` for a format that nothing is converted to or that cannot be read,
    `TableError` for an unknown site; nothing for content.
    """
    connector = registry.connector(target)
    converter = connector.converter(form)
    if converter is None:
        raise Refused(f"nothing is converted to {target} {form}")
    place = load_site(site)
    reading = read_file(data, format_name, place)
    return converter.convert(reading, place, sha256(data))
