"""A Bundle in the making: entries with ids that follow from the envelope and nothing else."""

import uuid
from datetime import datetime

from connectors.fhir.form.tree import Json, Object
from connectors.fhir.form.wire import clean
from schemas.export import Envelope

URI_SYSTEM = "urn:ietf:rfc:3986"


class Entries:
    """The entries of one Bundle. The same seed and contents give the same ids again."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._entries: dict[str, Object] = {}

    def add(self, key: str, resource: Object) -> Object:
        """A reference to the resource; the first one of a key is kept, a second not added.

        One that has an `id` already keeps it.
        """
        kind = str(resource["resourceType"])
        name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:semainier:{self.seed}:{kind}:{key}"))
        url = f"urn:uuid:{name}"
        if url not in self._entries:
            self._entries[url] = clean({"resourceType": kind, "id": name, **resource})
        return {"reference": url, "type": kind}

    def listed(self) -> list[Json]:
        """Every entry, in the order in which they were added."""
        return [{"fullUrl": url, "resource": resource} for url, resource in self._entries.items()]


class Outgoing(Entries):
    """The entries of one export, named by its envelope."""

    def __init__(self, envelope: Envelope) -> None:
        super().__init__(envelope.id)
        self.envelope = envelope

    def bundle(self) -> Object:
        """The collection of all entries, named by the envelope."""
        return {
            "resourceType": "Bundle",
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:semainier:{self.envelope.id}")),
            "identifier": {
                "system": "urn:semainier:delivery",
                "value": self.envelope.id,
                "assigner": {"display": self.envelope.sender},
            },
            "type": "collection",
            "timestamp": instant(self.envelope.created_at),
            "entry": self.listed(),
        }


def instant(at: datetime) -> str:
    """An instant of FHIR, to the second, in the offset that it carries."""
    return at.replace(microsecond=0).isoformat()
