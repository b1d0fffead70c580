"""What pages say about a file that can't be used, a row that was left out, and the state of an import."""

from typing import Any

from django.utils.translation import gettext as _

from requests_app.models import LayerImport

State = LayerImport.State


def refusal(code: str, detail: str = "") -> str:
    """Why the whole file can't be used, and what to do."""
    sentence = {
        "too_big": _("This file is too big. Upload at most 60 MB; a ZIP may hold more."),
        "too_many_rows": _("This file has more than 2,000,000 rows. Split it, or ask your IT staff to load it."),
        "bomb": _("This ZIP unpacks to far more than a map needs, so we stopped. Pack only the layer’s own files."),
        "locked": _("This ZIP has a password. Pack it again without one."),
        "empty_zip": _(
            "There is no map layer in this ZIP. It needs a Shapefile (.shp, .shx, .dbf, .prj), a GeoPackage, GeoJSON or CSV."
        ),
        "several_layers": _(
            "There are several layers in this file: %(detail)s. Export the one you need to a file of its own."
        ),
        "shapefile_alone": _(
            "A Shapefile is several files. Put .shp, .shx, .dbf and .prj into one ZIP and upload that."
        ),
        "shapefile_part": _("This Shapefile isn’t complete. The ZIP is missing: %(detail)s."),
        "spreadsheet": _("This is a spreadsheet. In Excel, choose File, Save As, “CSV UTF-8”, and upload that."),
        "unknown_format": _("We can’t tell what this file is. Use GeoJSON, CSV, a zipped Shapefile or a GeoPackage."),
        "damaged": _("This file is damaged or incomplete. Export it again. %(detail)s"),
        "no_rows": _("There are no rows in this file."),
        "column_twice": _("Two columns are called “%(detail)s”. Rename one of them."),
        "too_many_columns": _("This table has too many columns, or its first line isn’t a heading."),
        "no_projection": _(
            "This file doesn’t say which projection it uses. Save it in longitude and latitude (EPSG:4326), or skip it and upload "
            "it in setup."
        ),
        "nothing_good": _("There is no polygon in this file that can be used."),
        "stopped": _("Something went wrong on our side, and nothing was changed. Try again, or tell your IT staff."),
    }.get(code, _("We couldn’t read this file."))
    return (sentence % {"detail": detail}).strip()


def problem(cause: dict[str, Any]) -> str:
    """Why a row was left out, or that it was repaired."""
    sentence = {
        "no_shape": _("It has no place. %(detail)s"),
        "unreadable_shape": _("Its shape can’t be read. %(detail)s"),
        "not_degrees": _(
            "Its coordinates (%(detail)s) aren’t degrees. Enter the file’s projection below, and check again."
        ),
        "not_a_polygon": _("An area must be a polygon, but this is a %(detail)s."),
        "is_a_point": _("Land must be a polygon, and a street a line. This is a point."),
        "no_name": _("It has neither a code nor a name."),
        "no_address": _("It has no address."),
        "no_number": _("It has no number."),
        "no_owner": _("It doesn’t say whose land it is."),
        "outside": _("It’s outside the city’s boundary."),
        "same_code": _("The code %(detail)s was in an earlier row under another name. Give each area its own code."),
        "repeated": _("The number %(detail)s was in an earlier row."),
        "of_another_kind": _("The number %(detail)s belongs to an asset of another kind."),
        "self_crossing": _("Its outline crosses itself, and we repaired it. Look at it on the map. %(detail)s"),
    }.get(cause["code"], cause["code"])
    return (sentence % {"detail": cause.get("detail", "")}).strip()


def fix(proposed: dict[str, Any]) -> str:
    """What seems to be wrong with the coordinates of most rows."""
    if "srid" in proposed:
        return _("Most rows would be in the city if the file’s projection were EPSG %(code)s.") % {
            "code": proposed["srid"]
        }
    return _("Most rows would be in the city if longitude and latitude were swapped.")


def state(code: str) -> str:
    return {
        State.UPLOADED: _("Choose columns"),
        State.CHECKING: _("Checking"),
        State.CHECKED: _("Ready to use"),
        State.APPLYING: _("Replacing"),
        State.APPLIED: _("In use"),
        State.UNDOING: _("Undoing"),
        State.UNDONE: _("Undone"),
        State.REPLACED: _("Replaced by a newer file"),
        State.FAILED: _("Can’t be used"),
    }[State(code)]


def moves(report: dict[str, Any]) -> list[dict[str, Any]]:
    """From which areas to which the requests move, the most first."""
    nothing = _("no area")
    return [
        {"before": ", ".join(before) or nothing, "after": ", ".join(after) or nothing, "count": count}
        for before, after, count in report.get("moves", [])
    ]
