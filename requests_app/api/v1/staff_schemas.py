"""The shapes for programs that work as staff, which staff_app/api/ answers: see schemas.py."""

from requests_app.api.v1.report_schemas import CONTACT, PHOTO_FILE, PLACE
from requests_app.api.v1.schemas import (
    LATITUDE,
    LONGITUDE,
    REQUEST_FIELDS,
    Schema,
    listed,
    maybe,
    moment,
    page,
    ref,
    shape,
    text,
    uri,
)
from requests_app.models import Channel, ContactPoint, Disposition, Participation, Photo, PublicState, Status, Task
from requests_app.photos import PHOTOS_MAX
from requests_app.rules.shared.intake import DESCRIPTION_MAX

WORDS_MAX = 4000
NUMBER_MAX = 80
FLAGS = ["danger", "after_warning", "threat", "not_accepted", "new_reply", "reopened", "several_people", "bounced"]
PRIORITY: Schema = {
    "type": "integer",
    "minimum": 1,
    "maximum": 4,
    "description": "1 (danger to people) to 4 (can wait).",
}
DAY: Schema = {"type": "string", "format": "date"}
ID = text("Never changes.")
PERSON = shape("A member of staff.", {"id": ID, "name": text("Their name.")})
TEAM = shape("A team of the department.", {"id": ID, "name": text("Its name.")})

# In the order in which they are answered.
STAFF_ROW_FIELDS: dict[str, Schema] = {
    "reference": text("The request’s number, which people write with a hyphen.", examples=["7K3M-9QWT"]),
    "url": uri("Its URL in this part of the API."),
    "html_url": uri("Its page for staff."),
    "service": ref("Named"),
    "status": text("Its status.", enum=Status.values),
    "is_open": {"type": "boolean", "description": "Whether it is open or has ended."},
    "outcome": maybe(text("Its outcome.", enum=Disposition.values)),
    "priority": PRIORITY,
    "priority_reason": text("`service`, `staff`, `danger`, or the code of an answer."),
    "flags": listed({"type": "string", "enum": FLAGS}, "Flags."),
    "public_state": text("What the public sees.", enum=PublicState.values),
    "description": text("What was reported, in the reporter’s words."),
    "language": text("The language of the description, and of the reporter."),
    "channel": text("How it was sent.", enum=Channel.values),
    "department": maybe(ref("Named")),
    "team": maybe(TEAM),
    "assignee": maybe(PERSON),
    "address": maybe(text("The exact place, as text.")),
    "lat": maybe(LATITUDE),
    "long": maybe(LONGITUDE),
    "areas": listed(ref("AreaName"), "The wards, districts and neighborhoods it lies in."),
    "people_count": REQUEST_FIELDS["people_count"],
    "affected_count": REQUEST_FIELDS["affected_count"],
    "thanks_count": REQUEST_FIELDS["thanks_count"],
    "submitted_at": moment("When it was sent."),
    "updated_at": moment("When something public last changed."),
    "acknowledge_due_at": maybe(moment("When work should start by. Also null if the work should end before that.")),
    "acknowledged_at": maybe(moment("When work started.")),
    "due_at": maybe(moment("When the work should end by.")),
    **{name: REQUEST_FIELDS[name] for name in ("expected_at", "usual_half_hours", "usual_most_hours")},
    "resolved_at": maybe(moment("When the work ended.")),
    "hold_reason": maybe(text("The code of what it waits for.")),
    "hold_until": maybe({**DAY, "description": "The day on which it returns to the queue."}),
    "outside_number": maybe(text("Its number in the system that transferred it.")),
}
STAFF_MORE: dict[str, Schema] = {
    "place_note": maybe(text("How to find the place.")),
    "asset": maybe(ref("Named")),
    "answers": listed(
        shape(
            "A question and its answer.",
            {"code": text("The question’s code."), "question": text("As asked."), "answer": text("As given.")},
        ),
        "The answers that the staff member may read.",
    ),
    "photos": listed(ref("StaffPhoto"), "All photos, as on the request’s page."),
    "sent_by": maybe(text("The name of the program that sent it.")),
    "owner": maybe(ref("Named")),
    "owner_number": maybe(text("The owner’s number for it.")),
    "combined_with": maybe(text("The number of the earlier request that it was merged into.")),
    "scheduled_for": maybe({**DAY, "description": "The day for which the work is planned."}),
    "reopened_count": {"type": "integer", "minimum": 0, "description": "How often it was reopened."},
    "tasks": listed(ref("Task"), "The parts of departments."),
    "timeline": listed(
        shape(
            "Something that happened.",
            {
                "at": moment("When."),
                "text": text("What happened, in a sentence."),
                "by": text("Who did it, and the program through which they did it."),
                "comment": maybe(text("The text.")),
                "is_internal": {"type": "boolean", "description": "Whether only staff read the comment."},
                "is_undone": {"type": "boolean", "description": "Whether it was undone."},
            },
        ),
        "The newest 30, newest first.",
    ),
    "actions": listed(text("A verb."), "What the status and the member of staff’s permissions allow now."),
}

# What the body of an action may hold; which verb takes which is in the list of possible actions.
ACTION_FIELDS: dict[str, Schema] = {
    "text": text("The text of a comment, a note, a question, a reply or an outcome.", maxLength=WORDS_MAX),
    "language_checked": {
        "type": "boolean",
        "description": (
            "Confirms that the text is in the reporter’s language, if that isn’t the staff member’s language."
        ),
    },
    "personal_data_checked": {
        "type": "boolean",
        "description": (
            "Confirms that the text may name someone. Without it, text that looks like personal data is an error."
        ),
    },
    "outcome": text("resolve: the outcome.", enum=Disposition.values),
    "reason": text("The reason: a code of the list, or text if there is no list.", maxLength=WORDS_MAX),
    "visited": {"type": "boolean", "description": "resolve: whether someone visited."},
    "no_evidence": text("resolve: the code of why there is no photo or visit.", maxLength=60),
    "assignee": text("assign: the id of a member of staff, or `me`. Null: nobody.", maxLength=20),
    "although_away": {"type": "boolean", "description": "assign: even if they are away."},
    "department": text("transfer: the code of a department.", maxLength=60),
    "owner": text("hand_over: the code of an owner.", maxLength=60),
    "owner_number": text("hand_over: their number for it.", maxLength=80),
    "service": text("change_service: the code of a service.", maxLength=60),
    "names_nobody": {"type": "boolean", "description": "change_service: that it may become public."},
    "priority": {**PRIORITY, "description": "set_priority: 1 (danger to people) to 4 (can wait)."},
    "until": {**DAY, "description": "hold, ask: a day after today."},
    "on": {**DAY, "description": "schedule: today or a later day."},
    "waits_for": text("hold: the number of the request that it waits for.", maxLength=40),
    "into": text("merge: the number of the earlier request.", maxLength=40),
    "audience": text("note: who reads it.", enum=["department", "everyone"]),
    "tell": text("note: a colleague’s @handle.", maxLength=200),
    "address": text("correct_place: an address, a corner or a park.", maxLength=300),
    "lat": LATITUDE,
    "long": LONGITUDE,
    "note": text("correct_place: how to find it.", maxLength=300),
}
WORK_ORDER = {
    "number": text("Its number in the other system.", minLength=1, maxLength=60),
    "url": text("Its address there.", maxLength=300),
    "status": text("Its status in that system’s own words.", maxLength=60),
}
TASK: dict[str, Schema] = {
    "id": ID,
    "url": uri("Its address."),
    "request": text("The number of the request."),
    "department": ref("Named"),
    "team": maybe(TEAM),
    "what": text("What the department does."),
    "state": text("Whether it is still to do.", enum=Task.State.values),
    "due_on": maybe({**DAY, "description": "By which day."}),
    "after": maybe(text("The id of the task that has to end first.")),
    "work_order": maybe(ref("WorkOrder")),
    "created_at": moment("When it was given."),
    "ended_at": maybe(moment("When it ended.")),
}

STAFF: dict[str, Schema] = {
    "StaffRequestRow": shape("A request in the queue. With `fields`, only these.", STAFF_ROW_FIELDS, optional=None),
    "StaffRequestPage": page("One page of the queue.", "StaffRequestRow"),
    "StaffRequest": shape("A request as the member of staff sees it.", {**STAFF_ROW_FIELDS, **STAFF_MORE}),
    "StaffPhoto": shape(
        "A photo as staff see it.",
        {
            "id": text("Its name."),
            "url": uri("The JPEG. With the key, unless everyone may see it."),
            "small_url": uri("A thumbnail."),
            "width": {"type": "integer"},
            "height": {"type": "integer"},
            "alt": text("What it shows, if someone described it."),
            "kind": text("Of the report, of the work, or by somebody who checked the work.", enum=Photo.Kind.values),
            "is_public": {"type": "boolean", "description": "Whether everyone may see it."},
            "is_hidden": {"type": "boolean", "description": "Whether staff hid it."},
        },
    ),
    "StaffRequestEdit": shape(
        "The changes. Each field is an action, and either all of them are done or none.",
        {
            "priority": {**PRIORITY, "description": "The action `set_priority`."},
            "service": text("The action `change_service`: the code of a service.", maxLength=60),
            "assignee": maybe(text("The action `assign`: an id, `me`, or null for nobody.", maxLength=20)),
            "place": shape(
                "The action `correct_place`.",
                {
                    "address": text("An address, a corner or a park.", maxLength=300),
                    "lat": LATITUDE,
                    "long": LONGITUDE,
                    "note": text("How to find it.", maxLength=300),
                },
                optional=("lat", "long", "note"),
            ),
            "personal_data_checked": ACTION_FIELDS["personal_data_checked"],
        },
        optional=None,
    ),
    "StaffChange": shape(
        "What was done.",
        {
            "reference": text("The number of the request."),
            "request": maybe(ref("StaffRequest")),
            "undo": maybe(
                shape(
                    "How to undo it. No email about it is sent before then.",
                    {"event": text("Send it to the request’s `undo/`."), "until": moment("The last moment.")},
                )
            ),
            "warning": maybe(text("Anything else to know, such as a name in a note that matches no colleague.")),
        },
    ),
    "StaffActionBody": shape(
        "The fields of the action. Fields of other actions are errors.",
        {name: maybe(schema) for name, schema in ACTION_FIELDS.items()},
        optional=None,
    ),
    "StaffActionWithPhotos": shape(
        "An action with photos of the work: `resolve` takes them.",
        {
            "action": text("The body as JSON: a StaffActionBody.", contentMediaType="application/json"),
            "photos": {**listed(PHOTO_FILE), "maxItems": 3},
            "photos_before": {**listed(PHOTO_FILE), "maxItems": 3},
        },
        optional=("photos", "photos_before"),
    ),
    "Undo": shape("What is undone.", {"event": text("`undo.event` of the answer.", minLength=1, maxLength=18)}),
    "StaffActions": shape(
        "What can be done now.",
        {
            "results": listed(
                shape(
                    "An action.",
                    {
                        "action": text("The verb at the end of its URL."),
                        "name": text("The label for staff."),
                        "hint": maybe(text("What to know first.")),
                        "fields": listed(
                            shape(
                                "A field of its body.",
                                {
                                    "name": text("Its name."),
                                    "type": text("Its type.", enum=["string", "integer", "number", "boolean", "date"]),
                                    "is_required": {"type": "boolean", "description": "Whether it is required."},
                                    "label": text("The label for staff."),
                                    "choices": maybe(
                                        listed(
                                            shape(
                                                "A value.",
                                                {"value": text("What to send."), "name": text("What it means.")},
                                            )
                                        )
                                    ),
                                },
                            )
                        ),
                    },
                )
            )
        },
    ),
    "Contacts": shape(
        "The people of a request.",
        {
            "results": listed(
                shape(
                    "Someone who reported it, called about it, is affected or follows it.",
                    {
                        "role": text("Their role.", enum=Participation.Role.values),
                        "name": maybe(text("As entered.")),
                        "language": text("Their language."),
                        "postal_address": maybe(text("Only for services that require one.")),
                        "may_be_called": {"type": "boolean", "description": "Whether they agreed to be called."},
                        "gets_updates": {"type": "boolean", "description": "Whether they get updates by email."},
                        "is_erased": {"type": "boolean", "description": "Whether their data was erased."},
                        "points": listed(
                            shape(
                                "A way to reach them.",
                                {
                                    "kind": text("What it is.", enum=ContactPoint.Kind.values),
                                    "value": text("As entered."),
                                    "is_verified": {
                                        "type": "boolean",
                                        "description": ("Whether it was confirmed by a link."),
                                    },
                                    "bounces": {"type": "boolean", "description": "Whether email bounced."},
                                },
                            )
                        ),
                    },
                )
            )
        },
    ),
    "NewTransfer": shape(
        "A call that isn’t for 911, as the 911 center took it.",
        {
            "number": text(
                "The center’s own number. Sending the same number again doesn’t create a second request.",
                minLength=1,
                maxLength=NUMBER_MAX,
            ),
            "service": text("The code of a service.", minLength=1, maxLength=60),
            "description": text("What is wrong, as the caller said it.", maxLength=DESCRIPTION_MAX),
            "place": PLACE,
            "answers": {
                "type": "object",
                "description": "Answers by the question’s code, as `answers_schema` of the service says.",
                "additionalProperties": {"anyOf": [{"type": "string"}, listed({"type": "string"})]},
            },
            "contact": {**CONTACT, "description": "The caller. Only the city sees it."},
            "priority": {**PRIORITY, "description": "Instead of the service’s: 1 (danger to people) to 4 (can wait)."},
            "media_urls": {
                **listed({"type": "string", "maxLength": 200}, "URLs of photos, kept as links for staff."),
                "maxItems": PHOTOS_MAX,
            },
        },
        optional=("description", "place", "answers", "contact", "priority", "media_urls"),
    ),
    "NewTransferWithPhotos": shape(
        "A call together with its photos.",
        {
            "transfer": text("The call as JSON: a NewTransfer.", contentMediaType="application/json"),
            "photos": {**listed(PHOTO_FILE), "maxItems": PHOTOS_MAX},
        },
        optional=("photos",),
    ),
    "TransferReceipt": shape(
        "Request created.",
        {
            "reference": text("The number of the request: tell the caller."),
            "url": uri("Its URL in this part of the API."),
            "html_url": uri("Its page for staff."),
            "outside_number": text("The number of the center."),
            "is_new": {"type": "boolean", "description": "False if the number was already sent."},
            "notice": text("What the caller can expect and when, in the requested language."),
        },
    ),
    "WorkOrder": shape(
        "A work order of another system.",
        {name: maybe(one) if name != "number" else one for name, one in WORK_ORDER.items()},
    ),
    "Task": shape("A department’s part of the work, maybe kept in another system.", TASK),
    "OneTask": shape(
        "A task, and what its people may read of the request.",
        {
            **TASK,
            "service": ref("Named"),
            "address": maybe(text("The exact place, as text.")),
            "lat": maybe(LATITUDE),
            "long": maybe(LONGITUDE),
            "description": maybe(text("What was reported. Null if the request is confidential.")),
        },
    ),
    "TaskDepartments": shape(
        "The departments and teams that a task can be given to.",
        {
            "results": listed(
                shape(
                    "A department.",
                    {
                        "code": text("Never changes."),
                        "name": text("In the requested language."),
                        "teams": listed(TEAM, "Its teams."),
                    },
                )
            )
        },
    ),
    "TaskPage": page("One page of tasks, oldest first.", "OneTask"),
    "NewTask": shape(
        "A part of the work for a department.",
        {
            "department": text("The code of a department.", minLength=1, maxLength=60),
            "team": text("The id of one of its teams. Without it, the whole department.", maxLength=18),
            "what": text("What they do. They don’t see who reported it.", minLength=1, maxLength=500),
            "due_on": {**DAY, "description": "By which day."},
            "after": text("The id of an open task of the request that has to end first.", maxLength=18),
            "work_order": shape(
                "A work order that already exists in another system.", WORK_ORDER, optional=("url", "status")
            ),
        },
        optional=("team", "due_on", "after", "work_order"),
    ),
    "TaskEdit": shape(
        "What changes.",
        {
            "work_order": shape("Its current state there.", WORK_ORDER, optional=("url", "status")),
            "team": maybe(
                text(
                    "The id of a team of its department; null: the whole department. Needs `assign` there.",
                    maxLength=18,
                )
            ),
            "state": text("Ends the task or reopens it.", enum=Task.State.values),
            "note": text("When the task ends: a note for the department that has the request.", maxLength=WORDS_MAX),
        },
        optional=None,
    ),
}
