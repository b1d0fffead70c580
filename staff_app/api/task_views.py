"""The addresses of tasks."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.conditional import last_read, tag_of
from requests_app.api.framework.renderers import JSONRenderer
from requests_app.api.framework.schema import IDEMPOTENCY_KEY, IF_MATCH_OR_NOT, LOCATION, problems
from requests_app.api.v1.generics import DetailView, ListView, PageView
from requests_app.models import ServiceRequest, Task
from staff_app.api import serializers, shapes, tasks
from staff_app.api.base import ETAG, Done, StaffView
from staff_app.api.task_serializers import NewTaskSerializer, TaskEditSerializer


class StaffDepartments(StaffView, ListView):
    """The departments and teams that a task can be given to."""

    operation_id, summary = "listTaskDepartments", "List departments and teams"
    serializer_class = serializers.TaskDepartmentsSerializer

    def get_queryset(self) -> list[dict[str, Any]]:
        return tasks.departments(self.jurisdiction)


class StaffTasks(StaffView, PageView):
    """Lists the tasks of the departments that the person works in, oldest first. A work order system can read them here and
    then set its own number and status for each."""

    operation_id, summary = "listTasks", "List tasks"
    query_class, serializer_class = tasks.TasksQuerySerializer, serializers.TaskPageSerializer

    def get_queryset(self) -> QuerySet[Task]:
        return tasks.listed(self.user, self.jurisdiction, self.query)

    def shown(self, rows: Sequence[Task]) -> list[dict[str, Any]]:
        return [shapes.whole_task(row, self.jurisdiction, self.user) for row in rows]


class StaffTask(StaffView, DetailView):
    """A task of the member of staff’s departments."""

    operation_id, summary, response_text = "getTask", "Get a task", "The task."
    serializer_class = serializers.OneTaskSerializer

    def get_object(self) -> dict[str, Any]:
        task = tasks.find(self.user, self.jurisdiction, self.kwargs["task_id"])
        self.version = tasks.version(task)
        return shapes.whole_task(task, self.jurisdiction, self.user)

    def get(self, request: Request, **names: Any) -> Response:
        return Response(self.get_object())

    @extend_schema(
        operation_id="changeTask",
        summary="Change a task",
        description="Sets its work order in another system, with the status there. If the city has mapped that status, it ends or "
        "reopens the task; otherwise, `state` does. A request that waits for its last task resumes. `team` gives the task to a "
        "team of its department. If-Match is optional.",
        parameters=[IF_MATCH_OR_NOT, ETAG],
        request=TaskEditSerializer,
        responses={
            200: OpenApiResponse(serializers.OneTaskSerializer, "The updated task."),
            **problems("conflict", "precondition-failed"),
        },
    )
    def patch(self, request: Request, task_id: int) -> Response:
        with transaction.atomic():
            found = tasks.find(self.user, self.jurisdiction, task_id)
            # Another program may be telling the same.
            ServiceRequest.objects.locked(found.service_request_id)
            last_read(request, [tasks.version(tasks.find(self.user, self.jurisdiction, task_id))])
            tasks.change(found, self.body(request.data, task=found).validated_data, user=self.user)
        changed = self.get_object()
        return Response(changed, headers={"ETag": tag_of(JSONRenderer().render(changed), self.version)})


class StaffRequestTasks(StaffView):
    @extend_schema(
        operation_id="addTask",
        summary="Add a task",
        description="Gives a department or one of its teams a part of the work on a request, optionally with a work order in "
        "another system. Needs the permission to assign.",
        parameters=[IDEMPOTENCY_KEY, LOCATION],
        request=NewTaskSerializer,
        responses={
            201: OpenApiResponse(serializers.TaskSerializer, "Task added."),
            **problems("conflict", "idempotency-conflict"),
        },
    )
    def post(self, request: Request, reference: str) -> Response:
        def add() -> Done:
            found = self.find(reference, "assign")
            sent = self.body(request.data, service_request=found).validated_data
            with transaction.atomic():
                return Done(found, {"task": tasks.add(found, sent, user=self.user).pk})

        done = self.once(request, add, request.data)
        row = Task.objects.select_related("department", "team").get(pk=done.to_repeat["task"])
        answer = shapes.task(row, self.jurisdiction, done.service_request)
        return Response(answer, status=201, headers={"Location": answer["url"], **done.headers})
