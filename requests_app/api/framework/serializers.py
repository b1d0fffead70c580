"""The base of every body, form and query that is read, and of every answer that is described.

A body is one class, which says what is taken, what the document says of it, its example, and how it is refused:

    class NewCommentSerializer(BodySerializer):
        "A message to those who work on it."

        text = TextField(lines=True, max_length=4000, help_text="The message.", example="It is deeper now.")

A view names it, and what it answers, and nowhere else: a list or a detail by attributes (see v1/generics.py), any other so:

    @extend_schema(operation_id="comment", tags=["Reporting"], summary="Send a comment", description="…",
                   request=NewCommentSerializer,
                   responses={201: OpenApiResponse(CommentReceiptSerializer, "Comment sent."), **problems("conflict")})
    def post(self, request, reference):
        sent = self.validated(request.data)             # or a 422 problem that names every mistake
        …
        return self.answer(receipt, status=201)         # through CommentReceiptSerializer

The component in the document is named after the class, without "Serializer"; its docstring is the description. What follows from
the operation is added by schema.AutoSchema: lang, the problems that any may answer, headers, the key and its scopes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import SkipField, empty
from rest_framework.settings import api_settings

from requests_app.api.framework.fields import path_of
from requests_app.api.framework.parsers import NOT_TEXT
from requests_app.api.framework.problems import FieldError, Problem, invalid_body, invalid_parameter
from requests_app.api.framework.query_fields import TextParameter

# So much of an unknown field's name is repeated.
NAME_MOST = 60


class _WithExample(serializers.Serializer):
    """example: of an object in another one, where its fields' own don't make one."""

    # Fields of a base class that come after those of its subclasses.
    last: Sequence[str] = ()

    def __init__(self, *args: Any, example: Any = None, **kwargs: Any) -> None:
        self.example = example
        super().__init__(*args, **kwargs)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return fields | {name: fields.pop(name) for name in self.last}


class AnswerSerializer(_WithExample):
    """The base of what is answered. `additionalProperties` is false in the document: nothing else leaves."""

    # A large one that needs no context: one instance answers all calls.
    is_shared = False


class BodySerializer(_WithExample):
    """The base of what is sent as JSON.

    It refuses unknown fields and gathers every mistake. So validate() is called with the fields that could be read even where
    others are refused, and may raise a ValidationError of its own by field. What may be left out, and was, has its field's
    `initial` value in validated_data: "", [], {} or None. With partial=True it is left out there, too.
    """

    @property
    def path(self) -> str:
        return path_of(self)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return super().validate_empty_values(empty if data is None and self.parent is not None else data)

    def get_initial(self) -> Any:
        return {name: field.get_initial() for name, field in self.fields.items() if not field.read_only}

    def run_validation(self, data: Any = empty) -> Any:
        """Raises a ValidationError: by field, a list or, for an object in it, the same again."""
        if self.parent is not None:
            is_empty, data = self.validate_empty_values(data)
            if is_empty:
                return data
        mistakes: dict[str, Any] = {}
        if not isinstance(data, Mapping):
            add(mistakes, {"": [ErrorDetail(_("Send a JSON object."), "wrong-type")]})
            # For validate(), which may ask what was sent.
            data = self.initial_data = {}
        read = self._read(data, mistakes)
        for name in sorted(data.keys() - self.fields.keys()):
            add(mistakes, {name[:NAME_MOST]: [self._unknown(name[:NAME_MOST])]})
        try:
            read = self.validate(read)
        except ValidationError as error:
            add(mistakes, error.detail)
        if mistakes:
            raise ValidationError(mistakes)
        return read

    def _read(self, data: Mapping[str, Any], mistakes: dict[str, Any]) -> dict[str, Any]:
        read = {}
        for name, field in self.fields.items():
            if field.read_only:
                continue
            try:
                read[name] = field.run_validation(data.get(name, empty))
            except ValidationError as error:
                add(mistakes, {name: error.detail})
            except SkipField:
                if not getattr(self.root, "partial", False):
                    read[name] = field.get_initial()
        return read

    def _unknown(self, name: str) -> ErrorDetail:
        shown = f"{self.path}.{name}" if self.path else name
        return ErrorDetail(_("Unknown field: %(name)s.") % {"name": shown}, "unknown")

    def is_valid(self, *, raise_exception: bool = False) -> bool:
        """raise_exception: raises our problem with every mistake."""
        is_valid = super().is_valid()
        if not is_valid and raise_exception:
            raise self.problem(list(field_errors(self.errors)))
        return is_valid

    def checked(self, data: Any) -> Any:
        """The same as is_valid() and validated_data, but keeps nothing, so that one instance may check all."""
        try:
            return self.run_validation(data)
        except ValidationError as error:
            detail: Any = error.detail
            raise self.problem(list(field_errors(detail))) from None

    def problem(self, errors: list[FieldError]) -> Problem:
        return invalid_body(errors)


class TextSerializer(BodySerializer):
    """The base of what is sent as texts by name: a form, or a query."""

    def run_validation(self, data: Any = empty) -> Any:
        sent = data if isinstance(data, QueryDict) else QueryDict()
        several = dict(sent.lists())
        mistakes: dict[str, Any] = {}
        for name in [name for name, values in several.items() if name in self.fields and len(values) > 1]:
            add(mistakes, {name: [self._repeated(name)]})
            del several[name]
        try:
            read = super().run_validation({name: values[0] for name, values in several.items()})
        except ValidationError as error:
            refused: Any = error.detail
            add(mistakes, {name: detail for name, detail in refused.items() if name not in mistakes})
        if mistakes:
            raise ValidationError(mistakes)
        return read

    def _repeated(self, name: str) -> ErrorDetail:
        return ErrorDetail(_("Send %(name)s only once.") % {"name": name}, "repeated")


class FormSerializer(TextSerializer):
    """The base of what is sent as multipart/form-data, files included."""

    def _repeated(self, name: str) -> ErrorDetail:
        if isinstance(self.fields[name], serializers.FileField):
            return ErrorDetail(_("Send one file as %(name)s.") % {"name": name}, "missing")
        return super()._repeated(name)


class QuerySerializer(TextSerializer):
    """The base of what is sent in an address's query, with fields of query_fields.py. Refused with 400, invalid-parameter."""

    last: Sequence[str] = ("lang",)
    # The header Accept-Language is the other way to ask.
    lang = TextParameter(
        help_text="The language of names and sentences: one of the city’s (see `/api/v1/city/`). Defaults to Accept-Language.",
        example="es",
        max_length=12,
    )

    def run_validation(self, data: Any = empty) -> Any:
        try:
            return super().run_validation(data)
        except ValidationError as error:
            refused: Any = error.detail
            # In the order in which they were sent; then what is missing.
            sent = {name[:NAME_MOST]: number for number, name in enumerate(data)}
            raise ValidationError(
                {name: refused[name] for name in sorted(refused, key=lambda name: sent.get(name, len(sent)))}
            ) from None

    def _read(self, data: Mapping[str, Any], mistakes: dict[str, Any]) -> dict[str, Any]:
        texts = {}
        for name, value in data.items():
            # Without what a query string loses on its way: "\ufffd" stands for bytes that are not UTF-8.
            text = value.strip()
            if name not in self.fields:
                continue
            if NOT_TEXT.search(text) or "\ufffd" in text:
                message = _("%(name)s contains invalid characters.") % {"name": name}
                add(mistakes, {name: [ErrorDetail(message, "not-text")]})
            elif not text:
                message = _("%(name)s is empty. Leave it out.") % {"name": name}
                add(mistakes, {name: [ErrorDetail(message, "empty")]})
            else:
                texts[name] = text
        wrong = {name: mistakes[name] for name in mistakes}
        read = super()._read(texts, mistakes)
        # One mistake of each is enough: a required one that is empty isn't missing, too.
        mistakes |= wrong
        return read

    def _unknown(self, name: str) -> ErrorDetail:
        shown = NOT_TEXT.sub("\ufffd", name)
        return ErrorDetail(_("Unknown parameter: %(name)s.") % {"name": shown}, "unknown")

    def problem(self, errors: list[FieldError]) -> Problem:
        return invalid_parameter(
            [FieldError(NOT_TEXT.sub("\ufffd", one.field), one.code, one.message) for one in errors]
        )


def add(mistakes: dict[str, Any], more: Any) -> None:
    """Merges a ValidationError's detail into mistakes. "" stands for the object itself."""
    if not isinstance(more, Mapping):
        more = {"": more}
    for key, detail in more.items():
        name = "" if key == api_settings.NON_FIELD_ERRORS_KEY else key
        before = mistakes.get(name)
        if before is None:
            mistakes[name] = detail
        elif isinstance(before, dict):
            add(before, detail)
        elif isinstance(detail, Mapping):
            mistakes[name] = {"": before}
            add(mistakes[name], detail)
        else:
            mistakes[name] = [*before, *detail]


def field_errors(detail: Mapping[Any, Any], path: str = "") -> Iterator[FieldError]:
    """A ValidationError's detail as a flat list, with paths like place.lat."""
    for name, inner in detail.items():
        where = ".".join(part for part in (path, str(name)) if part)
        if isinstance(inner, Mapping):
            yield from field_errors(inner, where)
        else:
            yield from (FieldError(where, one.code, str(one)) for one in inner)
