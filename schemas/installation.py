"""What `doctor`, `site check` and `channels` tell of an installation."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from schemas.base import Value


class Installation(Value):
    """What is installed and where, and every problem found, in words.

    `rooms` gives the file of each of the five names that this distribution installs;
    `libraries` the versions of those that it needs.
    """

    version: str | None
    python: str
    rooms: dict[str, str] = Field(default_factory=dict)
    libraries: dict[str, str] = Field(default_factory=dict)
    formats: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class SiteProblem(Value):
    """One rule that a file of a site breaks, at a line of it. `quoted` is the value, if any."""

    file: str
    line: int
    rule: str
    quoted: str = ""


class SiteCheck(Value):
    """What `semainier site check` tells of one site: every problem, none when it can be used."""

    site: str
    problems: tuple[SiteProblem, ...] = ()


class SettingMistake(Value):
    """One rule that a setting breaks, at a line of the file. `quoted` is the value, if any."""

    file: str
    line: int
    setting: str
    rule: str
    quoted: str = ""


class ChannelsCheck(Value):
    """What `semainier channels check` tells: every mistake, none when the file can be used."""

    problems: tuple[SettingMistake, ...] = ()


class ChannelRow(Value):
    """One channel as it is set. An address is `host:port`; `None` where it has none of its own."""

    name: str
    site: str
    format: str | None = None
    conformance: str
    acknowledgment: str
    promise: str | None = None
    listens: str | None = None
    sends: str | None = None
    tls: tuple[Literal["listen", "send", "clients"], ...] = ()


class Seen(StrEnum):
    """What the trial of a channel saw. The value is the sentence for it."""

    PORT_FREE = "the port is free"
    PORT_TAKEN = "the port cannot be taken"
    NO_TLS = "without TLS"
    TLS = "with TLS"
    UNUSABLE = "the certificate cannot be used"
    ENDS = "the certificate ends"
    ENDS_SOON = "the certificate ends soon"
    ENDED = "the certificate has ended"
    REACHED = "the receiver takes connections"
    NOT_REACHED = "the receiver cannot be reached"


class ChannelTrial(Value):
    """One thing that was tried of a channel, whether it is good, and what was seen.

    `quoted` is the address, the date or the words of the other side.
    """

    part: str
    good: bool
    seen: Seen
    quoted: str = ""
    retry: bool = False
