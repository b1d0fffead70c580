"""Forms of map files: the upload, and which column is what."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.gis.gdal import GDALException, SpatialReference
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.forms.fields import WordsField
from requests_app.imports.layer_fields import KINDS, fields_of, guessed
from requests_app.imports.layer_import import UPLOAD_MAX
from requests_app.models import Area, Asset, Jurisdiction, LayerImport

Kind = LayerImport.Kind
USUAL_LAYERS = {
    Kind.AREAS: ["ward", "council_district", "neighborhood", "police_district", "works_district", "zip"],
    Kind.ASSETS: ["street_light", "hydrant", "traffic_signal", "street_tree", "litter_bin"],
}


def plain(form: forms.Form) -> None:
    helper = FormHelper()
    helper.form_tag = False
    helper.error_summary = False
    helper.tiles = False
    form.helper = helper  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    layer = WordsField(
        label="", max_length=40, error_messages={"required": gettext_lazy("Enter a short name, like ward.")}
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("GeoJSON, CSV with a heading, a zipped Shapefile, or a GeoPackage. Up to 60 MB."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty. Choose another one."),
        },
    )

    def __init__(self, *args: Any, city: Jurisdiction, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        plain(self)
        if not KINDS[kind].needs_layer:
            del self.fields["layer"]
            return
        field = self.fields["layer"]
        usual_layers = set(USUAL_LAYERS[Kind(kind)])
        if kind == Kind.AREAS:
            field.label = _("Which areas are they?")
            usual_layers |= set(Area.objects.filter(jurisdiction=city).values_list("layer", flat=True).distinct()[:50])
        else:
            field.label = _("Which kind of assets are they?")
            usual_layers |= set(Asset.objects.filter(jurisdiction=city).values_list("kind", flat=True).distinct()[:50])
        field.help_text = _(
            "A short name in one word. Files of the same name replace each other. For example: %(names)s"
        ) % {"names": ", ".join(sorted(usual_layers))}

    def clean_layer(self) -> str:
        layer = slugify(self.cleaned_data["layer"]).replace("-", "_")
        if not layer:
            raise forms.ValidationError(_("Enter a short name, like ward."))
        return layer[:40]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > UPLOAD_MAX:
            raise forms.ValidationError(_("This file is too big. Upload at most 60 MB; a ZIP may hold more."))
        return file


class MappingForm(forms.Form):
    """A choice of the file's columns for each of our fields, and the projection where the file doesn't say."""

    def __init__(self, *args: Any, layer_import: LayerImport, **kwargs: Any) -> None:
        self.layer_import = layer_import
        self.ours = fields_of(layer_import)
        columns = layer_import.found.get("columns", [])
        before = layer_import.mapping.get("columns") or guessed(self.ours, columns)
        initial = {f"column_{name}": column for name, column in before.items()}
        initial["srid"] = layer_import.mapping.get("srid")
        super().__init__(*args, **{"label_suffix": "", "initial": initial, **kwargs})
        plain(self)
        one_of = KINDS[layer_import.kind].one_of
        needed = {"longitude", "latitude", "wkt", *(one_of if len(one_of) == 1 else ())}
        for one in self.ours:
            self.fields[f"column_{one.name}"] = forms.ChoiceField(
                label=str(one.label),
                help_text=str(one.help_text),
                choices=[("", _("- None -")), *((column, column) for column in columns)],
                required=one.name in needed,
                error_messages={"required": _("Choose a column for “%(name)s”.") % {"name": one.label}},
            )
        found = layer_import.found
        self.fields["srid"] = forms.IntegerField(
            label=_("Projection (EPSG code)"),
            required=bool(found.get("needs_srid")),
            min_value=1000,
            max_value=200_000,
            help_text=_(
                "4326 is longitude and latitude, 3857 is web maps. State plane and UTM have their own codes, listed "
                "in the file’s description. Leave it empty if the file includes its projection."
            ),
            error_messages={
                "required": _(
                    "This Shapefile has no .prj file, so we can’t tell where its numbers are. Enter the code, or pack the .prj "
                    "file too."
                )
            },
        )

    def clean_srid(self) -> int | None:
        srid: int | None = self.cleaned_data["srid"]
        if srid:
            try:
                SpatialReference(srid)
            except GDALException:
                raise forms.ValidationError(_("There is no projection with this code.")) from None
        return srid

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        mapped = {one.name for one in self.ours if typed.get(f"column_{one.name}")}
        kind = KINDS[self.layer_import.kind]
        labels = {one.name: str(one.label) for one in self.ours}
        if len(kind.one_of) > 1 and not mapped & set(kind.one_of):
            names = _(" or ").join(f"“{labels[name]}”" for name in kind.one_of)
            self.add_error(f"column_{kind.one_of[0]}", _("Choose a column for %(names)s.") % {"names": names})
        return typed

    def mapping(self) -> dict[str, Any]:
        typed = self.cleaned_data
        columns = {one.name: typed[f"column_{one.name}"] for one in self.ours if typed[f"column_{one.name}"]}
        return {"columns": columns, **({"srid": typed["srid"]} if typed["srid"] else {})}
