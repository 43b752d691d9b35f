"""Finds the formats: every folder here with a `connector.py` that exports `CONNECTOR`.

Adding a format edits no existing file. Importing a `connector.py` is cheap by rule: it imports
its readers and writers when they are called.
"""

import importlib
from functools import cache
from pathlib import Path

from schemas.connector import Connector
from schemas.errors import Refused


@cache
def connectors() -> dict[str, Connector]:
    """Every format by its name, in alphabetical order."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*/connector.py")):
        module = importlib.import_module(f"connectors.{path.parent.name}.connector")
        connector: Connector = module.CONNECTOR
        found[connector.name] = connector
    return found


def connector(name: str) -> Connector:
    """The format of this name. Raises: `Refused` when there is none."""
    try:
        return connectors()[name]
    except KeyError:
        known = ", ".join(connectors())
        raise Refused(f"format must be one of {known}") from None


def detect(data: bytes) -> Connector | None:
    """The first format that recognises the bytes and reads; `None` when none does."""
    for candidate in connectors().values():
        if candidate.read is not None and candidate.detects(data):
            return candidate
    return None
