"""One file of any format, read; nothing is stored."""

from connectors import registry
from schemas.connector import Reading
from schemas.errors import Refused
from schemas.finding import Finding, FindingCode
from schemas.site import Site

UNKNOWN_FORMAT = "unknown"
"""The `format` of a file that no format recognises."""


def read_file(data: bytes, format_name: str | None, site: Site) -> Reading:
    """What one file says, in the format given or detected; one finding for an unknown format.

    Raises: `Refused` for a format that does not exist or cannot be read.
    """
    connector = registry.connector(format_name) if format_name else registry.detect(data)
    if connector is None:
        known = ", ".join(name for name, each in registry.connectors().items() if each.read)
        return Reading(
            format=UNKNOWN_FORMAT,
            findings=(
                Finding(
                    code=FindingCode.FORMAT_UNKNOWN,
                    location="message",
                    message=f"the first bytes must be those of one of {known}",
                ),
            ),
        )
    if connector.read is None:
        raise Refused(f"{connector.name} is only written, it cannot be read")
    return connector.read(data, site)
