"""What the offline page's scripts say: handed over with the page, in its language."""

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
        "foundNone": _("No service found. “I don’t know” is fine: we find the right one."),
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
        # What is wrong.
        "wordsMissing": _("Say in a few words what the problem is."),
        "wordsLong": _("Use at most 4000 characters."),
        "answerMissing": _("Answer this question: {question}"),
        "answerNumber": _("Enter a number, like 3: {question}"),
        "answerLong": _("Use at most 1000 characters: {question}"),
        "placeMissing": _("Say where it is: an address, a corner or a park."),
        "emailWrong": _("Enter an e-mail address like name@example.com, or leave it blank."),
        # What waits.
        "keptOnline": _("Kept on this device. We send it now."),
        "keptOffline": _("Kept on this device. It is sent when there is a network."),
        "unfinished": _("You did not finish this one."),
        "startedOver": _("The form is empty again."),
        "noWords": _("Without words"),
        "waiting": _("Not sent yet."),
        "old": _("Not sent. It is more than 7 days old: send it now if it is still so, or remove it."),
        "urgent": render_to_string("requests_app/_if_urgent.html", {"city": jurisdiction}).strip(),
        "sending": _("Sending…"),
        "noNetwork": _("There is no network. It is sent when the network is back."),
        "needs": _("Needs an answer from you. Not sent yet."),
        "answer": _("Answer"),
        "sent": _("Sent: {reference}"),
        "sentEarlier": _(
            "It may have arrived before your last change. See your report, and add there what is missing."
        ),
        "open": _("See your report"),
        "failed": _("Could not be sent."),
        "tooBig": _("It is too large. Remove a photo and try again."),
        "gone": _("Not sent. It waited too long for your answer and was deleted."),
        "edit": _("Change"),
        "sendNow": _("Send now"),
        "remove": _("Remove"),
        "removeAsk": _("It is not sent. Remove it from this device?"),
        "removeYes": _("Yes, remove it"),
        "removeNo": _("No, keep it"),
        "removed": _("Removed from this device."),
        # "Forget me on this device".
        "forgetUrl": reverse("requests_app:forget"),
        "homeUrl": reverse("requests_app:home"),
        "forgotOffline": _(
            "All that was kept here is gone. When there is a network, press once more: then our site forgets this device too."
        ),
    }
