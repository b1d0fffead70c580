"""The addresses of tasks."""

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.conditional import last_read, tag_of
from requests_app.api.framework.renderers import JSONRenderer
from requests_app.api.v1.base import CURSOR, LIMIT
from requests_app.api.v1.operations import JSON, Answer, Operation, operation
from requests_app.api.v1.operations import Body as Taken
from requests_app.models import ServiceRequest, Task
from staff_app.api import examples, shapes, tasks
from staff_app.api.base import TAG, Done, StaffView


class StaffDepartments(StaffView):
    @operation(
        Operation(
            id="listTaskDepartments",
            tag=TAG,
            summary="List departments and teams",
            description="The departments and teams that a task can be given to.",
            answer=Answer("TaskDepartments", "The whole list.", {"results": [examples.DEPARTMENT]}),
            scope="staff",
        )
    )
    def get(self, request: Request) -> Response:
        return Response({"results": tasks.departments(self.jurisdiction)})


class StaffTasks(StaffView):
    @operation(
        Operation(
            id="listTasks",
            tag=TAG,
            summary="List tasks",
            description="Lists the tasks of the departments that the person works in, oldest first. A work order system can read "
            "them here and then set its own number and status for each.",
            query=(*tasks.FILTERS, CURSOR, LIMIT),
            answer=Answer(
                "TaskPage",
                "One page.",
                {"results": [examples.ONE_TASK], "next": None, "previous": None},
                headers=("Link",),
            ),
            problems=("invalid-cursor",),
            scope="staff",
        )
    )
    def get(self, request: Request) -> Response:
        found = tasks.listed(self.user, self.jurisdiction, self.query)
        results = [shapes.whole_task(row, self.jurisdiction, self.user) for row in found.rows]
        return self.paged({"results": results}, found.next_cursor, found.previous_cursor)


class StaffTask(StaffView):
    @operation(
        Operation(
            id="getTask",
            tag=TAG,
            summary="Get a task",
            description="A task of the member of staff’s departments.",
            answer=Answer("OneTask", "The task.", examples.ONE_TASK),
            scope="staff",
        )
    )
    def get(self, request: Request, task_id: int) -> Response:
        return Response(self.shaped(task_id))

    @operation(
        Operation(
            id="changeTask",
            tag=TAG,
            summary="Change a task",
            description="Sets its work order in another system, with the status there. If the city has mapped that status, "
            "it ends or reopens the task; otherwise, `state` does. A request that waits for its last task "
            "resumes. `team` gives the task to a team of its department. If-Match is optional.",
            body=Taken({JSON: "TaskEdit"}, examples.TASK_EDIT),
            answer=Answer("OneTask", "The updated task.", examples.ONE_TASK, headers=("ETag",)),
            headers=("If-Match?",),
            problems=("conflict", "precondition-failed"),
            scope="staff",
        )
    )
    def patch(self, request: Request, task_id: int) -> Response:
        with transaction.atomic():
            found = tasks.find(self.user, self.jurisdiction, task_id)
            # Another program may be telling the same.
            ServiceRequest.objects.locked(found.service_request_id)
            last_read(request, [tasks.version(tasks.find(self.user, self.jurisdiction, task_id))])
            tasks.change(found, request.data, user=self.user)
        changed = self.shaped(task_id)
        return Response(changed, headers={"ETag": tag_of(JSONRenderer().render(changed), self.version)})

    def shaped(self, task_id: int) -> dict[str, object]:
        found = tasks.find(self.user, self.jurisdiction, task_id)
        self.version = tasks.version(found)
        return shapes.whole_task(found, self.jurisdiction, self.user)


class StaffRequestTasks(StaffView):
    @operation(
        Operation(
            id="addTask",
            tag=TAG,
            summary="Add a task",
            description="Gives a department or one of its teams a part of the work on a request, optionally with a work "
            "order in another system. Needs the permission to assign.",
            status=201,
            body=Taken({JSON: "NewTask"}, examples.NEW_TASK),
            answer=Answer("Task", "Task added.", examples.TASK, headers=("Location", "Idempotent-Replayed")),
            headers=("Idempotency-Key?",),
            problems=("conflict", "idempotency-conflict"),
            scope="staff",
        )
    )
    def post(self, request: Request, reference: str) -> Response:
        def add() -> Done:
            found = self.find(reference, "assign")
            with transaction.atomic():
                return Done(found, {"task": tasks.add(found, request.data, user=self.user).pk})

        done = self.once(request, add, request.data)
        row = Task.objects.select_related("department", "team").get(pk=done.to_repeat["task"])
        answer = shapes.task(row, self.jurisdiction, done.service_request)
        return Response(answer, status=201, headers={"Location": answer["url"], **done.headers})
