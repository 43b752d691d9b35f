"""Certificates of a test: an authority, and what it signs, by the `openssl` command."""

import subprocess
from pathlib import Path
from typing import NamedTuple


class Pair(NamedTuple):
    """A certificate and its key, as files."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates in a folder of the test."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
        _openssl(
            "req", "-x509", *_NEW_KEY, "-days", "30", "-subj", f"/CN={name}",
            "-keyout", str(self.pair.key), "-out", str(self.pair.certificate),
        )  # fmt: skip

    @property
    def file(self) -> Path:
        """What those who trust it load."""
        return self.pair.certificate

    def sign(self, name: str, *, address: str = "127.0.0.1", days: int = 10) -> Pair:
        """A certificate of this name for this address; negative days: one that has ended."""
        made = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        request, extensions = self._folder / f"{name}.csr", self._folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName = IP:{address}, DNS:{name}\n", encoding="ascii")
        _openssl(
            "req", "-new", *_NEW_KEY, "-subj", f"/CN={name}",
            "-keyout", str(made.key), "-out", str(request),
        )  # fmt: skip
        _openssl(
            "x509", "-req", "-in", str(request), "-days", str(days),
            "-CA", str(self.pair.certificate), "-CAkey", str(self.pair.key), "-CAcreateserial",
            "-extfile", str(extensions), "-out", str(made.certificate),
        )  # fmt: skip
        return made


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=60)
