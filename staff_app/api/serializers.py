"""What programs of staff are answered, and what they send besides actions (action_serializers.py): the document is made from it."""

from typing import Any

from rest_framework import serializers

from requests_app.api.framework.answer_fields import EmptyAsNullField, IsSetField, MethodField
from requests_app.api.framework.fields import (
    ChoiceField,
    FileField,
    FlagField,
    IntegerField,
    JSONPartField,
    MomentField,
    NumberField,
    TextField,
    TextsField,
    UrlField,
)
from requests_app.api.framework.schema import SITE, example_of_serializer
from requests_app.api.framework.serializers import AnswerSerializer, BodySerializer, FormSerializer
from requests_app.api.v1.reporting_serializers import PHOTO_WORDS, reference
from requests_app.api.v1.request_serializers import (
    AreaNameSerializer,
    NamedSerializer,
    PageSerializer,
    QuestionAnswerSerializer,
)
from requests_app.models import Channel, ContactPoint, Disposition, Participation, Photo, PublicState, Status, Task
from requests_app.photos import PHOTOS_MAX
from staff_app.api.action_serializers import DayField
from staff_app.request.actions import ACTIONS

FLAGS = ["danger", "after_warning", "threat", "not_accepted", "new_reply", "reopened", "several_people", "bounced"]
PHOTO = "0f3a1c5e7b9d4f60a1b2c3d4e5f60718"
AT_1, AT_2 = "2026-06-03T14:30:00-04:00", "2026-06-04T09:12:41-04:00"
UNTIL = "2026-06-10T16:00:00-04:00"
STREETS = {"code": "PW", "name": "Streets"}


def photo_files(help_text: str, most: int) -> serializers.ListField:
    return serializers.ListField(
        child=FileField(), required=False, max_length=most, help_text=f"{help_text} {PHOTO_WORDS}"
    )


def maybe(help_text: str, example: str | None = None) -> TextField:
    """A text, or null."""
    return TextField(allow_null=True, help_text=help_text, example=example)


def moment(help_text: str, example: str = AT_2) -> MomentField:
    return MomentField(help_text=help_text, example=example)


def moment_or_null(help_text: str, example: str | None = None) -> MomentField:
    return MomentField(allow_null=True, help_text=help_text, example=example)


def count(help_text: str, example: int = 0) -> IntegerField:
    return IntegerField(min_value=0, help_text=help_text, example=example)


def degrees(toward: str, most: int, example: float) -> NumberField:
    help_text = f"Degrees {toward} (WGS84)."
    return NumberField(allow_null=True, min_value=-most, max_value=most, help_text=help_text, example=example)


class TeamSerializer(AnswerSerializer):
    """A team of the department."""

    id = TextField(help_text="Never changes.", example="4")
    name = TextField(help_text="Its name.", example="Day crew")


class StaffPersonSerializer(AnswerSerializer):
    """A member of staff."""

    id = TextField(help_text="Never changes.", example="12")
    name = TextField(help_text="Their name.", example="Tom Reyes")


# --- Requests ---------------------------------------------------------------------------------------------------------


class StaffRequestRowSerializer(AnswerSerializer):
    """A request in the queue."""

    # With `fields`, an answer has only some.
    is_sparse = True

    reference = reference("The request’s number, which people write with a hyphen.")
    url = UrlField(help_text="Its URL in this part of the API.", example=f"{SITE}/api/v1/staff/requests/7K3M9QWT/")
    html_url = UrlField(help_text="Its page for staff.", example=f"{SITE}/staff/r/7K3M9QWT/")
    service = NamedSerializer()
    status = ChoiceField(Status.values, help_text="Its status.", example="in_progress")
    is_open = FlagField(help_text="Whether it is open or has ended.", example=True)
    outcome = ChoiceField(Disposition.values, allow_null=True, help_text="Its outcome.")
    priority = IntegerField(min_value=1, max_value=4, help_text="1 (danger to people) to 4 (can wait).", example=3)
    priority_reason = TextField(help_text="`service`, `staff`, `danger`, or the code of an answer.", example="service")
    flags = TextsField(child=ChoiceField(FLAGS), help_text="Flags.", example=["several_people"])
    public_state = ChoiceField(PublicState.values, help_text="What the public sees.", example="public")
    description = TextField(help_text="What was reported, in the reporter’s words.", example="A pothole two feet wide.")
    language = TextField(help_text="The language of the description, and of the reporter.", example="en")
    channel = ChoiceField(Channel.values, help_text="How it was sent.", example="web")
    department = NamedSerializer(allow_null=True, example=STREETS)
    team = TeamSerializer(allow_null=True)
    assignee = StaffPersonSerializer(allow_null=True, example={"id": "12", "name": "Tom Reyes"})
    address = maybe("The exact place, as text.", "12 Elm St")
    lat = degrees("north", 90, 40.5)
    long = degrees("east", 180, -69.0)
    areas = AreaNameSerializer(many=True, help_text="The wards, districts and neighborhoods it lies in.")
    people_count = count("How many people reported it or joined.", 2)
    affected_count = count("The same, with those who selected “Me too.”", 5)
    thanks_count = count("How many people thanked the crew.")
    submitted_at = moment("When it was sent.", AT_1)
    updated_at = moment("When something public last changed.")
    acknowledge_due_at = moment_or_null(
        "When work should start by. Also null if the work should end before that.", "2026-06-04T14:30:00-04:00"
    )
    acknowledged_at = moment_or_null("When work started.", AT_2)
    due_at = moment_or_null("When the work should end by.", UNTIL)
    expected_at = moment_or_null(
        "When it will probably be fixed: the target or, if most requests like it miss the target, the time by which 8 in 10 "
        "were fixed. Null if unknown.",
        UNTIL,
    )
    usual_half_hours = IntegerField(
        allow_null=True,
        min_value=0,
        help_text="The hours within which half are fixed. Null if the target is usually met.",
    )
    usual_most_hours = IntegerField(
        allow_null=True,
        min_value=0,
        help_text="The same, for 8 in 10. Also null if too many are still open to say.",
    )
    resolved_at = moment_or_null("When the work ended.")
    hold_reason = maybe("The code of what it waits for.")
    hold_until = DayField(allow_null=True, help_text="The day on which it returns to the queue.")
    outside_number = maybe("Its number in the system that transferred it.")


# In the order in which they are answered.
ROW_FIELDS: tuple[str, ...] = tuple(StaffRequestRowSerializer._declared_fields)


class StaffPhotoSerializer(AnswerSerializer):
    """A photo as staff see it."""

    id = TextField(help_text="Its name.", example=PHOTO)
    url = UrlField(
        help_text="The JPEG. With the key, unless everyone may see it.", example=f"{SITE}/photos/{PHOTO}.jpg"
    )
    small_url = UrlField(help_text="A thumbnail.", example=f"{SITE}/photos/{PHOTO}-small.jpg")
    width = IntegerField(example=2048)
    height = IntegerField(example=1536)
    alt = TextField(help_text="What it shows, if someone described it.", example="")
    kind = ChoiceField(
        Photo.Kind.values,
        help_text="Of the report, of the work, or by somebody who checked the work.",
        example=Photo.Kind.values[0],
    )
    is_public = FlagField(help_text="Whether everyone may see it.", example=True)
    is_hidden = FlagField(help_text="Whether staff hid it.", example=False)


class StaffTimelineLineSerializer(AnswerSerializer):
    """Something that happened."""

    at = moment("When.")
    text = TextField(help_text="What happened, in a sentence.", example="Accepted")
    by = TextField(
        help_text="Who did it, and the program through which they did it.", example="Tom Reyes, through Crew app"
    )
    comment = maybe("The text.")
    is_internal = FlagField(help_text="Whether only staff read the comment.", example=False)
    is_undone = FlagField(help_text="Whether it was undone.", example=False)


class WorkOrderSerializer(AnswerSerializer):
    """A work order of another system."""

    number = TextField(help_text="Its number in the other system.", example="WO-4711")
    url = maybe("Its address there.", "https://orders.example.org/4711")
    status = maybe("Its status in that system’s own words.", "In progress")


class TaskSerializer(AnswerSerializer):
    """A department’s part of the work, maybe kept in another system."""

    id = TextField(help_text="Never changes.", example="31")
    url = UrlField(help_text="Its address.", example=f"{SITE}/api/v1/staff/tasks/31/")
    request = reference()
    department = NamedSerializer(example=STREETS)
    team = TeamSerializer(allow_null=True, example={"id": "4", "name": "Day crew"})
    what = TextField(help_text="What the department does.", example="Fill the hole.")
    state = ChoiceField(Task.State.values, help_text="Whether it is still to do.", example="open")
    due_on = DayField(allow_null=True, help_text="By which day.", example="2026-06-10")
    after = maybe("The id of the task that has to end first.")
    work_order = WorkOrderSerializer(
        allow_null=True,
        example={"number": "WO-4711", "url": "https://orders.example.org/4711", "status": "In progress"},
    )
    created_at = moment("When it was given.")
    ended_at = moment_or_null("When it ended.")


class StaffRequestSerializer(StaffRequestRowSerializer):
    """A request as the member of staff sees it."""

    place_note = maybe("How to find the place.", "By the bus stop")
    asset = NamedSerializer(allow_null=True)
    answers = QuestionAnswerSerializer(many=True, help_text="The answers that the staff member may read.")
    photos = StaffPhotoSerializer(many=True, help_text="All photos, as on the request’s page.")
    sent_by = maybe("The name of the program that sent it.")
    owner = NamedSerializer(allow_null=True)
    owner_number = maybe("The owner’s number for it.")
    combined_with = maybe("The number of the earlier request that it was merged into.")
    scheduled_for = DayField(allow_null=True, help_text="The day for which the work is planned.")
    reopened_count = count("How often it was reopened.")
    tasks = TaskSerializer(many=True, help_text="The parts of departments.")
    timeline = StaffTimelineLineSerializer(many=True, help_text="The newest 30, newest first.")
    actions = TextsField(
        help_text="Verbs: what the status and the member of staff’s permissions allow now.",
        example=["resolve", "assign", "ask", "transfer", "hold", "comment", "note"],
    )


class StaffRequestPageSerializer(PageSerializer):
    """One page of the queue."""

    results: serializers.BaseSerializer[Any] = StaffRequestRowSerializer(many=True)


class UndoableSerializer(AnswerSerializer):
    """How to undo it. No email about it is sent before then."""

    event = TextField(help_text="Send it to the request’s `undo/`.", example="40312")
    until = moment("The last moment.", "2026-06-04T09:13:11-04:00")


class StaffChangeSerializer(AnswerSerializer):
    """What was done."""

    reference = reference()
    request = StaffRequestSerializer(allow_null=True)
    undo = UndoableSerializer(allow_null=True, example={"event": "40312", "until": "2026-06-04T09:13:11-04:00"})
    warning = maybe("Anything else to know, such as a name in a note that matches no colleague.")

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        fields["request"].example = example_of_serializer(StaffRequestSerializer(), is_answer=True)
        return fields


class StaffActionWithPhotosSerializer(FormSerializer):
    """An action with photos of the work: `resolve` takes them."""

    action = JSONPartField(help_text="The body as JSON: a StaffActionBody.")
    photos = photo_files("Of the finished work.", 3)
    photos_before = photo_files("From before the work.", 3)


class UndoSerializer(BodySerializer):
    """What is undone."""

    event = TextField(max_length=18, help_text="`undo.event` of the answer.", example="40312")


# --- Possible actions -------------------------------------------------------------------------------------------------


class ActionValueSerializer(AnswerSerializer):
    """A value."""

    value = TextField(help_text="What to send.", example="12")
    name = TextField(help_text="What it means.", example="Tom Reyes")


class ActionFieldSerializer(AnswerSerializer):
    """A field of its body."""

    name = TextField(help_text="Its name.", example="assignee")
    type = ChoiceField(["string", "integer", "number", "boolean", "date"], help_text="Its type.", example="string")
    is_required = FlagField(help_text="Whether it is required.", example=False)
    label = TextField(help_text="The label for staff.", example="Assign to")  # type: ignore[assignment]
    choices = ActionValueSerializer(many=True, allow_null=True, example=[{"value": "12", "name": "Tom Reyes"}])


class PossibleActionSerializer(AnswerSerializer):
    """An action."""

    action = ChoiceField(
        [action.verb for action in ACTIONS], help_text="The verb at the end of its URL.", example="assign"
    )
    name = TextField(help_text="The label for staff.", example="Assign")
    hint = maybe("What to know first.")
    fields = ActionFieldSerializer(many=True)  # type: ignore[assignment]


class StaffActionsSerializer(AnswerSerializer):
    """What can be done now."""

    results = PossibleActionSerializer(many=True)


# --- People -----------------------------------------------------------------------------------------------------------


class ReporterContactPointSerializer(AnswerSerializer):
    """A way to reach them."""

    kind = ChoiceField(ContactPoint.Kind.values, help_text="What it is.", example="email")
    value = TextField(help_text="As entered.", example="ana@example.org")
    is_verified = IsSetField(source="verified_at", help_text="Whether it was confirmed by a link.", example=True)
    bounces = IsSetField(source="bounced_at", help_text="Whether email bounced.", example=False)


class ReporterContactSerializer(AnswerSerializer):
    """Someone who reported it, called about it, is affected or follows it."""

    role = ChoiceField(Participation.Role.values, help_text="Their role.", example="reporter")
    name = EmptyAsNullField(source="person.name", help_text="As entered.", example="Ana Ortiz")
    language = TextField(source="person.language", help_text="Their language.", example="en")
    postal_address = EmptyAsNullField(source="person.postal_address", help_text="Only for services that require one.")
    may_be_called = FlagField(
        source="person.may_be_called", help_text="Whether they agreed to be called.", example=True
    )
    gets_updates = MethodField(help_text="Whether they get updates by email.", example=True)
    is_erased = IsSetField(source="person.erased_at", help_text="Whether their data was erased.", example=False)
    points = ReporterContactPointSerializer(many=True, source="person.contact_points")

    def get_gets_updates(self, participation: Participation) -> bool:
        return participation.contact_point_id is not None and participation.unsubscribed_at is None


class ContactsSerializer(AnswerSerializer):
    """The people of a request."""

    results = ReporterContactSerializer(many=True)


# --- Tasks ------------------------------------------------------------------------------------------------------------


class OneTaskSerializer(TaskSerializer):
    """A task, and what its people may read of the request."""

    service = NamedSerializer()
    address = maybe("The exact place, as text.", "12 Elm St")
    lat = degrees("north", 90, 40.5)
    long = degrees("east", 180, -69.0)
    description = maybe("What was reported. Null if the request is confidential.", "A pothole two feet wide.")


class TaskPageSerializer(PageSerializer):
    """One page of tasks, oldest first."""

    results: serializers.BaseSerializer[Any] = OneTaskSerializer(many=True)


class TaskDepartmentSerializer(AnswerSerializer):
    """A department."""

    code = TextField(help_text="Never changes.", example="PW")
    name = TextField(help_text="In the requested language.", example="Streets")
    teams = TeamSerializer(many=True, help_text="Its teams.")


class TaskDepartmentsSerializer(AnswerSerializer):
    """The departments and teams that a task can be given to."""

    results = TaskDepartmentSerializer(many=True)


# --- Calls from a 911 center ------------------------------------------------------------------------------------------


class NewTransferWithPhotosSerializer(FormSerializer):
    """A call together with its photos."""

    transfer = JSONPartField(help_text="The call as JSON: a NewTransfer.")
    photos = photo_files("Of what was reported.", PHOTOS_MAX)


class TransferReceiptSerializer(AnswerSerializer):
    """Request created."""

    reference = reference("The number of the request: tell the caller.")
    url = UrlField(help_text="Its URL in this part of the API.", example=f"{SITE}/api/v1/staff/requests/7K3M9QWT/")
    html_url = UrlField(help_text="Its page for staff.", example=f"{SITE}/staff/r/7K3M9QWT/")
    outside_number = TextField(help_text="The number of the center.", example="26-0417733")
    is_new = FlagField(help_text="False if the number was already sent.", example=True)
    notice = TextField(
        help_text="What the caller can expect and when, in the requested language.",
        example="Public Works (Streets) will review it by Monday, November 30, 7 a.m.",
    )
