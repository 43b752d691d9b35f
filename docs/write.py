"""Writes the pages that come from the code; with `--check` only tells which ones differ."""

import sys
from pathlib import Path

from constructs import posology_page
from elements import PAGE, pn13_page
from fhir_tables import FHIR_PAGE, fhir_page

from cli import app
from engine.terminal.pages import commands_page, findings_page

DOCS = Path(__file__).parent


def pages() -> dict[Path, str]:
    """Each page that comes from the code, with what it must say."""
    return {
        DOCS / "commands.md": commands_page(app),
        DOCS / "findings.md": findings_page(),
        DOCS / "posology.md": posology_page(),
        PAGE: pn13_page(),
        FHIR_PAGE: fhir_page(),
    }


def main(*, check: bool) -> int:
    """Writes or compares the pages; 1 when a compared page differs."""
    stale = [
        path
        for path, text in pages().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        if check:
            print(f"{path.relative_to(DOCS.parent)} differs from the code: run `make docs`")
        else:
            path.write_text(pages()[path], encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
