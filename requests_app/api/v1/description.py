"""Operations that are described by @operation, as OpenAPI 3.1."""

from typing import Any

from requests_app.api.framework.parameters import Names, Parameter, Several
from requests_app.api.framework.schema import (
    ANY,
    IN_PATHS,
    OF_LIMITS,
    REQUEST_HEADERS,
    WITH_BODY,
    WITH_KEY,
    AutoSchema,
    headers,
    in_path,
    needed,
    problem_responses,
)
from requests_app.api.v1.operations import JSON, Answer, Operation


class Described(AutoSchema):
    """A view's operations by their own description, or by @extend_schema."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        described = getattr(self._handler(method), "operation", None)
        if described is None:
            return super().get_operation(path, path_regex, path_prefix, method, registry)
        self.method = method.upper()
        return as_openapi(described, path, method, is_deprecated=self.deprecation is not None)


def ref(schema: Any) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema


def as_openapi(described: Operation, path: str, method: str, *, is_deprecated: bool = False) -> dict[str, Any]:
    reads = method.upper() == "GET"
    parameters = [in_path(name) for name in IN_PATHS if f"{{{name}}}" in path]
    parameters += [_in_query(parameter) for parameter in described.parameters]
    scopes = described.scope.split()
    parameters += [_in_header(name) for name in (*described.headers, *(["If-None-Match"] if reads else []))]
    codes = [*ANY, *described.problems]
    codes += (WITH_BODY if described.body else ()) + (WITH_KEY if described.scope else ())
    responses = {str(described.status): _answer(described.answer, reads=reads), **problem_responses(codes)}
    if reads:
        responses["304"] = {
            "description": "The response you have is still current.",
            "headers": headers(["ETag", *OF_LIMITS]),
        }
    operation: dict[str, Any] = {
        "operationId": described.id,
        "tags": [described.tag],
        "summary": described.summary,
        "description": described.description + needed(scopes),
        "parameters": parameters,
        "responses": dict(sorted(responses.items())),
        "security": [{"key": scopes}] if scopes else [{}, {"key": []}],
    }
    if described.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {
                media: {"schema": ref(name), **({"example": described.body.example} if media == JSON else {})}
                for media, name in described.body.content.items()
            },
        }
    if is_deprecated:
        operation["deprecated"] = True
        operation["responses"][str(described.status)]["headers"] |= headers(["Link"])
    return operation


def _in_query(parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "schema": parameter.schema,
    }
    if parameter.required:
        described["required"] = True
    if parameter.schema["type"] == "array":
        described |= {"style": "form", "explode": False}
    if parameter.example is not None:
        is_list = isinstance(parameter, Names | Several)
        described["example"] = parameter.example.split(",") if is_list else parameter.example
    return described


def _in_header(declared: str) -> dict[str, Any]:
    """declared: a name, with "?" at its end where the header isn't needed."""
    name = declared.removesuffix("?")
    words, schema, required = REQUEST_HEADERS[name]
    required = required and name == declared
    return {"name": name, "in": "header", "description": words, "schema": schema, "required": required}


def _answer(answer: Answer, *, reads: bool) -> dict[str, Any]:
    names = [*answer.headers, *(["ETag"] if reads else []), "Content-Language", *OF_LIMITS]
    found: dict[str, Any] = {"description": answer.description, "headers": headers(names)}
    if answer.schema is not None:
        example = {} if answer.example is None else {"example": answer.example}
        found["content"] = {answer.media: {"schema": ref(answer.schema), **example}}
        found["content"] |= {media: {"schema": ref(schema)} for media, schema in answer.also.items()}
    return found
