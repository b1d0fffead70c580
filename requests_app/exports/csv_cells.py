"""Cells of CSV files that spreadsheets can't mistake for formulas."""

# A spreadsheet runs a cell that begins with one of these.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Echo:
    """A file for csv.writer that gives back each line instead of storing it."""

    def write(self, line: str) -> str:
        return line


def safe(cell: str) -> str:
    """The text with an apostrophe before it if it could be read as a formula (OWASP, CSV Injection)."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
