"""The four priorities and what they are called, on every page and in every export."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy, pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

PRIORITIES: "dict[int, _StrOrPromise]" = {
    1: pgettext_lazy("priority", "1: danger to people"),
    2: pgettext_lazy("priority", "2: urgent"),
    3: pgettext_lazy("priority", "3: normal"),
    4: pgettext_lazy("priority", "4: can wait"),
}
# What each means for the work, shown to administrators who set a service's.
MEANINGS: "dict[int, _StrOrPromise]" = {
    1: gettext_lazy("Someone could get hurt. The person on call is alerted."),
    2: gettext_lazy("Soon, ahead of the usual work."),
    3: gettext_lazy("Handled in order."),
    4: gettext_lazy("When there’s time."),
}
