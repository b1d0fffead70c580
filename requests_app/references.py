"""Report numbers: 8 symbols of Crockford's base 32 in two groups, such as 7K3M-9QWT.

40 random bits, so that nobody can guess another one. Confusable letters are accepted: O is read as 0, I and L as 1.

A contact's number is a C and 8 digits, such as C-4821-9035: easy to read aloud, and too long for a report number.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_reference() -> str:
    return random_symbols(LENGTH)


def random_symbols(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def display(reference: str) -> str:
    """Formats 7K3M9QWT as 7K3M-9QWT."""
    return f"{reference[:4]}-{reference[4:]}"


def parse(typed: str) -> str | None:
    """Normalizes user input in any case and spacing. Returns None if it cannot be a reference."""
    symbols = normalized(typed)
    if len(symbols) == LENGTH and all(symbol in ALPHABET for symbol in symbols):
        return symbols
    return None


def normalized(typed: str) -> str:
    """Removes separators, changes to upper case and replaces confusable letters."""
    return re.sub(r"[\s\-–—_.#]", "", typed).upper().translate(_CONFUSED)


def new_contact_number() -> str:
    return "C" + "".join(secrets.choice("0123456789") for _ in range(LENGTH))


def display_contact(number: str) -> str:
    """Formats C48219035 as C-4821-9035."""
    return f"{number[0]}-{number[1:5]}-{number[5:]}"


def parse_contact(typed: str) -> str | None:
    """Normalizes a contact's number in any case and spacing. Returns None if it cannot be one."""
    symbols = normalized(typed)
    return symbols if re.fullmatch(r"C[0-9]{8}", symbols) else None
