"""The public code of a service request: 8 symbols of Crockford's base 32, shown in two groups, as in 7K3M-9QWT.

40 random bits: nobody can guess a neighbor's. What people confuse is read as what was meant: O is 0, I and L are 1.
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
    """7K3M9QWT as people read it aloud: 7K3M-9QWT."""
    return f"{reference[:4]}-{reference[4:]}"


def parse(typed: str) -> str | None:
    """The reference that somebody typed, in any case, spacing and confusable letters; None if it cannot be one."""
    symbols = normal(typed)
    if len(symbols) == LENGTH and all(symbol in ALPHABET for symbol in symbols):
        return symbols
    return None


def normal(typed: str) -> str:
    """Without spacing, in capitals, and with what people confuse read as what was meant."""
    return re.sub(r"[\s\-–—_.#]", "", typed).upper().translate(_CONFUSED)
