"""The form that takes a translator's file."""

from django.utils.translation import gettext_lazy

from staff_app.setup.catalog.forms import CheckedFileForm


class TranslatorFileForm(CheckedFileForm):
    """A city of ten thousand texts has a file of 3 MB."""

    label = gettext_lazy("The translator’s file")
    hint = gettext_lazy("A CSV file of up to 20 MB. You’ll see what would change before anything does.")
    accept = ".csv,text/csv"
