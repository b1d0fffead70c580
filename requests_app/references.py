"""Report numbers: 8 symbols of Crockford's base 32 in two groups, such as 7K3M-9QWT.

40 random bits, so that nobody can guess another one. Confusable letters are accepted: O is read as 0, I and L as 1.
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
