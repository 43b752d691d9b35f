"""What is wrong with a certificate is told by the setting that names it."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from certificates import Authority

from engine.transports.tls import (
    ClientTls,
    ServerTls,
    client_context,
    expires_at,
    server_context,
)
from schemas.errors import Refused


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.mark.parametrize("days", [10, -1, 5_000])
def test_a_certificate_says_when_it_ends(authority: Authority, days: int) -> None:
    made = authority.sign(f"ends-{days}", days=days)

    away = expires_at(made.certificate) - datetime.now(UTC) - timedelta(days=days)
    assert abs(away) < timedelta(minutes=5)


def test_a_certificate_after_2049_says_when_it_ends(authority: Authority) -> None:
    """Its time is a GeneralizedTime, the others have a UTCTime (RFC 5280 §4.1.2.5)."""
    made = authority.sign("far", days=365 * 30)

    assert expires_at(made.certificate).year >= 2050


@pytest.mark.parametrize("text", ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.pem"
    path.write_text(text)

    with pytest.raises(Refused, match="certificate"):
        expires_at(path)


def test_a_key_of_another_certificate_is_refused(authority: Authority) -> None:
    one, other = authority.sign("one"), authority.sign("other")

    with pytest.raises(Refused, match="certificate and key: key_values_mismatch"):
        server_context(ServerTls(certificate=one.certificate, key=other.key))


def test_a_missing_file_is_refused_without_its_path(authority: Authority, tmp_path: Path) -> None:
    one = authority.sign("one")

    with pytest.raises(Refused) as told:
        server_context(ServerTls(certificate=one.certificate, key=tmp_path / "absent.key"))
    assert str(told.value) == "tls: certificate and key: No such file or directory"


def test_authorities_that_are_none_are_refused(authority: Authority, tmp_path: Path) -> None:
    one = authority.sign("one")
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("hello")

    with pytest.raises(Refused, match="tls: clients"):
        server_context(ServerTls(certificate=one.certificate, key=one.key, clients=wrong))
    with pytest.raises(Refused, match="tls: authorities"):
        client_context(ClientTls(authorities=wrong))


def test_a_key_with_a_password_is_refused_and_nobody_is_asked(
    authority: Authority, tmp_path: Path
) -> None:
    one = authority.sign("one")
    locked = tmp_path / "locked.key"
    words = ["ec", "-in", str(one.key), "-aes256", "-passout", "pass:x", "-out", str(locked)]
    subprocess.run(["openssl", *words], check=True, capture_output=True)

    with pytest.raises(Refused, match="the key has a password"):
        server_context(ServerTls(certificate=one.certificate, key=locked))
