"""Plus Codes (Open Location Code): a place named by a few letters, where there's no address."""

import re

from openlocationcode import openlocationcode

_SYMBOLS = openlocationcode.CODE_ALPHABET_
# A full code names its place by itself; a short one leaves out its first two, four or six symbols.
CODE = re.compile(rf"\b((?:[{_SYMBOLS}]{{2}}){{1,4}}\+[{_SYMBOLS}]{{2,7}})(?![\w+])", re.IGNORECASE)


def find(text: str, near: tuple[float, float] | None) -> tuple[float, float] | None:
    """The point of the Plus Code in the text, as (longitude, latitude) in degrees: the middle of the code's cell.

    A full code wins over a short one. A short code means the place nearest to `near` (longitude, latitude).
    """
    codes = [code for code in CODE.findall(text) if openlocationcode.isValid(code)]
    full = next(filter(openlocationcode.isFull, codes), None)
    if full is None and near is not None:
        short = next(filter(openlocationcode.isShort, codes), None)
        full = short and openlocationcode.recoverNearest(short, near[1], near[0])
    if full is None:
        return None
    area = openlocationcode.decode(full)
    return area.longitudeCenter, area.latitudeCenter
