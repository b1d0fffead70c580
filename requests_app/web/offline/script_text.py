"""The messages of the offline page's scripts, in the language of the page."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from requests_app.models import Jurisdiction


def offline_words(jurisdiction: Jurisdiction) -> dict[str, str]:
    return {
        "optional": _("(optional)"),
        # The list of services.
        "foundOne": _("1 service found."),
        "foundMany": _("{count} services found."),
        "foundNone": _("No services found. “I don’t know” is fine. We’ll find the right one."),
        # The place.
        "locating": _("Finding your location…"),
        "located": _("We have your location. You can add the address."),
        "locateDenied": _("Your browser isn’t sharing your location. Type the address instead."),
        "locateFailed": _("We couldn’t find your location. Type the address instead."),
        # Photos.
        "photo": _("Photo {number}"),
        "photoAlt": _("What does photo {number} show? (optional)"),
        "photoRemove": _("Remove photo {number}"),
        "photoRemoved": _("Photo {number} removed."),
        "photoWorking": _("Getting your photos ready…"),
        "photoTooMany": _("You can send up to {count} photos. We kept the first ones."),
        "onePhoto": _("1 photo"),
        "photosMany": _("{count} photos"),
        # Errors.
        "wordsMissing": _("Tell us in a few words what the problem is."),
        "wordsLong": _("Use 4000 characters or fewer."),
        "answerMissing": _("Answer this question: {question}"),
        "answerNumber": _("Enter a number, like 3: {question}"),
        "answerLong": _("Use 1000 characters or fewer: {question}"),
        "placeMissing": _("Tell us where it is: an address, a corner or a park."),
        "emailWrong": _("Enter an email address like name@example.com, or leave this blank."),
        # The outbox.
        "keptOnline": _("Saved on this device. Sending it now."),
        "keptOffline": _("Saved on this device. We’ll send it when you’re online."),
        "unfinished": _("You haven’t finished this one."),
        "startedOver": _("Form cleared."),
        "noWords": _("No description"),
        "waiting": _("Not sent yet."),
        "old": _("Not sent. It’s more than 7 days old. If it’s still a problem, send it now. If not, remove it."),
        "urgent": render_to_string("requests_app/_if_urgent.html", {"city": jurisdiction}).strip(),
        "sending": _("Sending…"),
        "noNetwork": _("You’re offline. We’ll send it when you’re back online."),
        "needs": _("We need an answer from you. Not sent yet."),
        "answer": _("Answer"),
        "sent": _("Sent: {reference}"),
        "sentEarlier": _(
            "We may have received it before your last change. Check your report and add anything that’s missing."
        ),
        "open": _("See your report"),
        "failed": _("Couldn’t be sent."),
        "tooBig": _("It’s too large. Remove a photo and try again."),
        "gone": _("Not sent. We didn’t get your answer in time, so it was deleted."),
        "edit": _("Change"),
        "sendNow": _("Send now"),
        "remove": _("Remove"),
        "removeAsk": _("This report hasn’t been sent. Remove it from this device?"),
        "removeYes": _("Yes, remove it"),
        "removeNo": _("No, keep it"),
        "removed": _("Removed from this device."),
        # "Forget me on this device".
        "forgetUrl": reverse("requests_app:forget"),
        "homeUrl": reverse("requests_app:home"),
        "forgotOffline": _(
            "Everything saved here is deleted. When you’re back online, select “Forget me on this device” again to finish."
        ),
    }
