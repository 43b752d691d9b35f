"""The doubts met while one posology is judged, collected in the order in which they were met."""

from dataclasses import dataclass, field

from schemas.finding import Finding, FindingCode

_QUOTED = 200


@dataclass(slots=True)
class Doubts:
    """The findings about one place of the source."""

    location: str
    findings: list[Finding] = field(default_factory=list)

    def say(self, code: FindingCode, rule: str, quoted: object = None) -> None:
        """One finding here. `rule` quotes nothing of the source; `quoted` does."""
        text = None if quoted is None else str(quoted)[:_QUOTED]
        self.findings.append(Finding(code=code, location=self.location, message=rule, quoted=text))

    @property
    def stopped(self) -> bool:
        """Whether something here blocks: no schedule can be made of it."""
        return any(finding.blocks for finding in self.findings)
