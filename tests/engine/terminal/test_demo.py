"""The demo goes the whole road, and what it shows is what happened."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app


def test_the_demo_ends_well_and_exports_in_every_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMAINIER_LANG", "fr")

    done = CliRunner().invoke(app, ["demo", "--to", str(tmp_path / "exports")])

    assert done.exit_code == 0, done.output[-2000:]
    assert done.output.count("→ validé: Camille Exemple, pharmacienne") == 7
    assert done.output.count("→ en attente d'une réponse: Camille Exemple, pharmacienne") == 3
    formats = {path.parent.name for path in (tmp_path / "exports").rglob("*") if path.is_file()}
    assert formats >= {"fhir", "hl7v2", "pn13", "tabular"}
