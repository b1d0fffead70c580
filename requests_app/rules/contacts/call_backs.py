"""Who waits for the desk: by when somebody is to call them, what is late, and how many promises were kept."""

import datetime as dt

# Missed calls and voicemail, for which nothing was promised, are late after this.
UNPROMISED_WITHIN = dt.timedelta(days=1)
# A call that was cut off is tried again after this.
TRY_AGAIN_AFTER = dt.timedelta(minutes=30)
