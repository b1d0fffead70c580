"""How often one network may do what both the pages and the APIs offer (core/limits.py). Each use counts, wherever it came in."""

# Against bots: each photo costs a second of CPU.
PHOTOS_AN_HOUR = 600
# Messages, and edits of a report.
WORDS_AN_HOUR = 60
# Nearly every keystroke searches, and everyone in a library shares one IP address.
PLACE_SEARCHES_AN_HOUR, NEAREST_PLACES_AN_HOUR = 3000, 1500
# Emails with a link that starts updates.
FOLLOWS_AN_HOUR, FOLLOWS_TO_ONE_A_DAY = 20, 5
