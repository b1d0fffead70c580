"""The messages of the crew's scripts, in the language of the page."""

from django.utils.translation import gettext as _


def crew_words() -> dict[str, str]:
    return {
        # What waits on the phone.
        "oneWaiting": _("1 result waiting"),
        "manyWaiting": _("{count} results waiting"),
        "waiting": _("Not sent yet. It’s sent automatically once you’re online."),
        "sending": _("Sending…"),
        "sent": _("Sent"),
        "late": _("Not used: someone else already updated this"),
        "refused": _("Not accepted"),
        "needs": _("Not finished: the city asks one more thing"),
        "answer": _("Answer it"),
        "gone": _("You can’t open this request anymore: it was passed on. Tell your office what you did there."),
        "too_big": _("The photo is too large. Remove this result, and finish the stop again with a smaller one."),
        "refusedHelp": _("Remove this result, and finish the stop again."),
        "sendNow": _("Send now"),
        "remove": _("Remove"),
        "removeAsk": _("It isn’t sent yet. Remove it with its photos?"),
        "removeYes": _("Yes, remove"),
        "removeNo": _("No, keep it"),
        "onePhoto": _("1 photo"),
        "photosMany": _("{count} photos"),
        # The form.
        "chooseOutcome": _("Choose what happened."),
        "needsPhoto": _("Take a photo of the finished work, or choose why there is none."),
        "needsPlacePhoto": _("Take a photo of the place, or choose why there is none."),
        "needsWords": _("Write what people should read."),
        "needsVouch": _(
            "The reporter reads {language}. Check the box to confirm that the text is right in {language}."
        ),
        "vouch": _("I wrote this in {language}, or a colleague checked it"),
        "photoReady": _("Photo ready."),
        "photoWorking": _("Getting your photo ready…"),
        "kept": _("Saved on this phone. It’s sent automatically once you’re online."),
        # A report.
        "report": _("Report"),
        "chooseService": _("Choose what it is."),
        "needsPhotoOrWords": _("Add a photo or a few words."),
        "noPlace": _("This phone can’t tell where it is. Type the address."),
        # The day.
        "nothing": _("No stops are left on this phone."),
        "finish": _("Finish this stop"),
        "close": _("Close"),
        "isWaiting": _("Finished. The result is waiting to be sent."),
        "task": _("Task"),
        "taskWords": _("Note for the department that has the request"),
        "taskWordsHint": _("Only staff can read it. It may be released under public records law."),
        "taskMore": _("A note, or a photo from before"),
        "confidential": _("Confidential: read it online."),
    }
