"""The figures come from a checkout; an installed package says that it has none."""

from pathlib import Path

import pytest

from engine.terminal.bench import print_figures
from schemas.errors import Refused


def test_every_program_of_the_folder_runs_under_its_name(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "second.py").write_text("print('two')\n", encoding="utf-8")
    (folder / "first.py").write_text("if __name__ == '__main__':\n    print('one')\n", "utf-8")

    print_figures(folder)

    assert capfd.readouterr().out == "\nbenchmarks/first.py\none\n\nbenchmarks/second.py\ntwo\n"


def test_outside_a_checkout_there_are_no_figures(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="in a checkout of the project"):
        print_figures(tmp_path / "benchmarks")
