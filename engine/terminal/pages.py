"""The pages of `docs/` that come from the code, so that they cannot differ from it."""

from collections.abc import Iterator

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from engine.language import Language, speaker
from schemas.finding import FindingCode

COMMANDS_HEAD = """# Commands

This page comes from the commands themselves: `make docs` writes it, `make check` compares it.

Every command that prints tables takes `--lang fr` or `--lang en`; without it the language is that
of `SEMAINIER_LANG`, else of the locale, else French. With `--json` a command prints one JSON
document; `semainier schema` gives its shape.

| exit status | means |
|---|---|
| 0 | done |
| 1 | refused input, or findings that block |
| 2 | wrong use |
| 3 | unavailable: it may be tried again |
"""

FINDINGS_HEAD = """# Findings

This page comes from `schemas/finding.py` and the French catalogue: `make docs` writes it, `make
check` compares it. The codes are stable. A *blocking* finding must be answered before validation
passes, one *to acknowledge* must be seen, one *for information* asks nothing.

| code | severity | sentence | phrase |
|---|---|---|---|
"""


def findings_page() -> str:
    """`docs/findings.md`: every code with its severity and its sentence in both languages."""
    say = speaker(Language.FRENCH)
    rows = (
        f"| `{code.value}` | {code.severity} | {code.sentence} | {say(code.sentence)} |\n"
        for code in FindingCode
    )
    return FINDINGS_HEAD + "".join(rows)


def commands_page(app: typer.Typer) -> str:
    """`docs/commands.md`: every command with its help, arguments and options."""
    root = typer.main.get_command(app)
    return COMMANDS_HEAD + "".join(_sections("semainier", root))


def _sections(name: str, command: object) -> list[str]:
    if isinstance(command, TyperGroup):
        below = [_sections(f"{name} {sub}", each) for sub, each in sorted(command.commands.items())]
        return [section for sections in below for section in sections]
    return [_section(name, command)] if isinstance(command, TyperCommand) else []


def _section(name: str, command: TyperCommand) -> str:
    if command.hidden:
        return ""
    usage, rows = [name], []
    for each in command.params:
        if isinstance(each, TyperOption):
            shown = ", ".join(f"`{flag}`" for flag in (*each.opts, *each.secondary_opts))
        elif isinstance(each, TyperArgument):
            argument = each.metavar or (each.name or "").upper()
            usage.append(argument if each.required else f"[{argument}]")
            shown = f"`{argument}`"
        else:
            continue
        rows.append(f"| {shown} | {' '.join((each.help or '', *_notes(each)))} |\n")
    usage.append("[OPTIONS]")
    table = "\n| argument or option | what it says |\n|---|---|\n" + "".join(rows) if rows else ""
    return f"\n## {name}\n\n`{' '.join(usage)}`\n\n{_prose(command.help)}\n{table}"


def _prose(text: str | None) -> str:
    return " ".join((text or "").split())


def _notes(each: TyperOption | TyperArgument) -> Iterator[str]:
    """What may be given, what must be, and what holds when nothing is given."""
    choices = each.type_descriptor.choices or ()
    if choices:
        yield f"One of {', '.join(f'`{choice}`' for choice in choices)}."
    if isinstance(each, TyperArgument):
        return
    if each.required:
        yield "Required."
    elif not (each.is_flag or each.default is None or callable(each.default)):
        yield f"Default: `{each.default}`."
