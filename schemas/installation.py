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
