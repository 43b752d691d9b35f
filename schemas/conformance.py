"""What `semainier lint` tells: whether a file keeps the rules of its own standard."""

from schemas.base import Value
from schemas.finding import Finding


class Conformance(Value):
    """The breaches of its standard that one file shows; none means that it conforms."""

    format: str
    findings: tuple[Finding, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether nothing was found."""
        return not self.findings
