"""Plus Codes (Open Location Code): a place named by a few letters, for where there is no address."""

import re

# Open Location Code, version 1.0: pairs of base 20, each 20 times finer, then a grid of 4 columns by 5 rows.
SYMBOLS = "23456789CFGHJMPQRVWX"
FULL = re.compile(rf"\b([{SYMBOLS}]{{8}}\+[{SYMBOLS}]{{2,7}})(?![\w+])", re.IGNORECASE)
SHORT = re.compile(rf"\b((?:[{SYMBOLS}]{{2}}){{1,3}}\+[{SYMBOLS}]{{2,7}})(?![\w+])", re.IGNORECASE)


def decode(code: str) -> tuple[float, float]:
    """The middle of a full code's cell, as (longitude, latitude) in degrees."""
    symbols = [SYMBOLS.index(symbol) for symbol in code.upper().replace("+", "")]
    latitude, longitude = -90.0, -180.0
    height = width = 400.0
    for row, column in zip(symbols[0:10:2], symbols[1:10:2], strict=False):
        height, width = height / 20, width / 20
        latitude += row * height
        longitude += column * width
    for symbol in symbols[10:]:
        height, width = height / 5, width / 4
        latitude += symbol // 4 * height
        longitude += symbol % 4 * width
    return longitude + width / 2, latitude + height / 2


def encode(longitude: float, latitude: float) -> str:
    """The full code of ten symbols (a cell of about 14 m) that holds this point."""
    # In whole cells of 1/8000 degree: floating point would slip over an edge.
    rows = min(max(int((latitude + 90) * 8000), 0), 180 * 8000 - 1)
    columns = int((longitude + 180) * 8000) % (360 * 8000)
    code = ""
    for _ in range(5):
        code = SYMBOLS[rows % 20] + SYMBOLS[columns % 20] + code
        rows, columns = rows // 20, columns // 20
    return f"{code[:8]}+{code[8:]}"


def find(text: str, near: tuple[float, float] | None) -> tuple[float, float] | None:
    """The point of the Plus Code in the text; a short code means the one nearest to `near` (longitude, latitude)."""
    if full := FULL.search(text):
        return decode(full[1])
    short = SHORT.search(text)
    if short is None or near is None:
        return None
    code = short[1]
    missing = 8 - code.index("+")
    longitude, latitude = decode(encode(*near)[:missing] + code)
    # The cell that the missing symbols name, in degrees; the right one may be next door.
    size = 20.0 ** (2 - missing / 2)
    longitude += round((near[0] - longitude) / size) * size
    latitude += round((near[1] - latitude) / size) * size
    return longitude, latitude
