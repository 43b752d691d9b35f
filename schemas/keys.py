"""Check keys of the identifiers used in France. Pure arithmetic; a wrong key is the caller's doubt.

Sources: arrêté of 30/12/2021 (CIP13, EAN-13 key); INSEE (NIR key, Corsica 2A = 19, 2B = 18);
ANS (RPPS and FINESS: Luhn).
"""

import re

_NIR = re.compile(r"[1-8]\d{2}(?:0[1-9]|[1-9]\d)(?:\d{2}|2A|2B)\d{6}\d{2}", re.ASCII)


def ean13_is_valid(code: str) -> bool:
    """Whether thirteen digits end in their EAN-13 key (even ranks count three times)."""
    return re.fullmatch(r"[0-9]{13}", code) is not None and ean13_key(code[:12]) == code[12]


def ean13_key(digits: str) -> str:
    """The EAN-13 key of twelve digits."""
    numbers = [int(digit) for digit in digits]
    total = sum(numbers[0::2]) + 3 * sum(numbers[1::2])
    return str((10 - total % 10) % 10)


def luhn_is_valid(digits: str) -> bool:
    """Whether a number of digits ends in its Luhn key."""
    if not re.fullmatch(r"[0-9]+", digits):
        return False
    doubled = (int(digit) * (2 if rank % 2 else 1) for rank, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def nir_is_valid(matricule: str) -> bool:
    """Whether fifteen characters are a NIR or NIA that ends in its key (97 - number mod 97)."""
    if not _NIR.fullmatch(matricule):
        return False
    number = int(matricule[:13].replace("2A", "19").replace("2B", "18"))
    return 97 - number % 97 == int(matricule[13:])


def rpps_is_valid(rpps: str) -> bool:
    """Whether eleven digits are an RPPS number with its Luhn key."""
    return len(rpps) == 11 and luhn_is_valid(rpps)


def finess_is_valid(finess: str) -> bool:
    """Whether nine characters are a FINESS number with its Luhn key (2A and 2B stand for 20)."""
    return len(finess) == 9 and luhn_is_valid(finess.replace("2A", "20").replace("2B", "20"))
