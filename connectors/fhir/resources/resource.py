"""One resource of a message: what it is, what it is called, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.fhir.form.values import Doubts, Element
from schemas.finding import Finding, FindingCode

_MOST = 20
"""Doubts of one resource that each line that refers to it repeats: a message of many lines and
many doubts must not become their product."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its element, and whether the sender gives it to be acted on.

    `acted_on` is false for a resource that a search includes beside its matches. `container` is
    the resource that a contained one stands in.
    """

    kind: str
    id: str | None
    element: Element
    full_url: str | None = None
    acted_on: bool = True
    container: "Resource | None" = None

    @property
    def reference(self) -> str | None:
        """What other messages call it: `MedicationRequest/x`."""
        return f"{self.kind}/{self.id}" if self.id else None

    @property
    def version(self) -> str | None:
        """The sender's number of this version of it."""
        meta = self.element.child("meta")
        given = meta.members.get("versionId") if meta else None
        return given if isinstance(given, str) else None

    @property
    def base(self) -> str | None:
        """The address of the server that has it: what its relative references begin at."""
        tail = f"/{self.reference}"
        url = self.full_url or ""
        return url.removesuffix(tail) if url.endswith(tail) else None

    @property
    def findings(self) -> list[Finding]:
        """Every doubt about it so far."""
        return self.element.doubts.findings

    def tell(self, doubts: Doubts) -> None:
        """Repeat its doubts where it is used, unless they are the same list."""
        if self.element.doubts is not doubts:
            doubts.findings.extend(repeated(self.findings, self.element.at))


def repeated(findings: Sequence[Finding], at: str) -> tuple[Finding, ...]:
    """The findings that each of many lines repeats; of very many the first, and that there are
    more.
    """
    if len(findings) <= _MOST:
        return tuple(findings)
    rule = f"{len(findings) - _MOST} more doubts about this are not repeated here"
    more = Finding(code=FindingCode.ELEMENT_UNREAD, location=at, message=rule)
    return (*findings[:_MOST], more)


def made(
    element: Element,
    full_url: str | None = None,
    *,
    acted_on: bool = True,
    container: Resource | None = None,
) -> Resource:
    """The resource that this element is; its type and its id are marked as read."""
    element.use("resourceType", "structure")
    identity = element.members.get("id")
    return Resource(
        kind=str(element.members.get("resourceType")),
        id=identity if isinstance(identity, str) else None,
        element=element,
        full_url=full_url,
        acted_on=acted_on,
        container=container,
    )
