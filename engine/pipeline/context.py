"""What every step is given: the store, the settings and the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from engine.settings import Channel, Settings, load_settings
from engine.store.opening import open_store
from engine.store.unit import Store
from schemas.errors import Refused
from schemas.ids import TenantId

DATABASE_FILE = "semainier.db"


def now_utc() -> datetime:
    """The instant, by this machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """One installation at work for one pharmacy."""

    store: Store
    settings: Settings
    clock: Callable[[], datetime] = now_utc

    @property
    def tenant(self) -> TenantId:
        """Whose rows these are."""
        return self.settings.tenant

    @property
    def software(self) -> str:
        """Name and version, as decisions and exports state them."""
        return f"semainier {version('semainier')}"

    def channel(self, name: str) -> Channel:
        """The channel of this name. Raises: `Refused` listing those that there are."""
        try:
            return self.settings.channels[name]
        except KeyError:
            known = ", ".join(sorted(self.settings.channels))
            raise Refused(f"channel must be one of {known}") from None


def open_context(data: Path) -> Context:
    """The installation whose settings and embedded database are in this folder.

    Raises: `Refused` for wrong settings.
    """
    data.mkdir(parents=True, exist_ok=True)
    settings = load_settings(data)
    url = settings.database or f"sqlite:///{data.absolute() / DATABASE_FILE}"
    return Context(open_store(url), settings)
