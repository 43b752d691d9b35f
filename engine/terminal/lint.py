"""`semainier lint`: whether a file keeps the rules of its own standard."""

from pathlib import Path

from connectors import registry
from engine.language import Language, speaker
from engine.terminal.shell import Status, console, finish, print_json, read_bytes
from schemas.conformance import Conformance
from schemas.errors import Refused
from schemas.finding import Finding, FindingCode


def lint_file(
    path: Path, format_name: str | None, *, as_json: bool, language: Language | None
) -> None:
    """Shows every breach of the standard. Ends with status 1 when there is one."""
    conformance = lint(read_bytes(path), format_name)
    if as_json:
        print_json(conformance)
    else:
        _show(conformance, path.name, language)
    finish(Status.DONE if conformance.conforms else Status.REFUSED)


def lint(data: bytes, format_name: str | None) -> Conformance:
    """The breaches of its standard, by the format given or detected.

    Raises: `Refused` for a format that has no conformance check.
    """
    connector = registry.connector(format_name) if format_name else registry.detect(data)
    if connector is None:
        unknown = Finding(
            code=FindingCode.FORMAT_UNKNOWN,
            location="message",
            message="the first bytes must be those of a format that we read",
        )
        return Conformance(format="unknown", findings=(unknown,))
    if connector.lint is None:
        raise Refused(f"{connector.name} has no standard to be checked against")
    return Conformance(format=connector.name, findings=connector.lint(data))


def _show(conformance: Conformance, name: str, language: Language | None) -> None:
    from rich.text import Text

    from engine.terminal.tables import findings_table

    say, out = speaker(language), console()
    if conformance.conforms:
        out.print(Text(say("{file} conforms to its standard.").format(file=name)))
        return
    out.print(findings_table((("", finding) for finding in conformance.findings), say))
