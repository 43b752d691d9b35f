"""What `semainier doctor` tells of an installation."""

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
