"""What a body may hold, and how much: everything beyond is a 400 in the asked format, and nothing is stored."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from pytest_django.fixtures import Settings

from requests_app.api.framework.parsers import JSON_DEPTH_MAX
from requests_app.models import ServiceRequest
from tests.requests_app.api.conftest import BASE, FORM, Api, read

Form = dict[str, Any]
FORMATS = pytest.mark.parametrize("format", ["json", "xml"])
NOT_A_FORM = "The form could not be read. Send multipart/form-data with its boundary, and text in UTF-8."
TOO_DEEP = "The body is nested too deeply. At most 32 objects and lists can be inside each other."
NOT_UTF8 = "The body isn’t valid UTF-8. Send JSON in UTF-8."
TOO_MANY_VALUES = "The body has too many values. Send at most 10."
TOO_MANY_FIELDS = "Too many fields. Send at most 5."
NOT_AN_OBJECT = "Send a JSON object."


def too_large(text: str = "2.0\xa0MB", files: str = "64.0\xa0MB") -> str:
    return f"The body is too large. Send at most {text} of JSON or text, and {files} with files."


def not_json(column: int) -> str:
    return f"The body isn’t valid JSON: see line 1, column {column}."


def not_a_number(value: str) -> str:
    return f"{value} isn’t valid JSON. Send a number, or null."


def refused(key: str, format: str, body: bytes | str, content_type: str, **headers: Any) -> str:
    """The one description of the 400 that it must be."""
    answer = Client().generic("POST", f"{BASE}requests.{format}?api_key={key}", body, content_type, **headers)
    assert answer.status_code == 400, answer.content
    (error,) = read(answer)
    assert str(error["code"]) == "400"
    assert not ServiceRequest.objects.exists()
    return str(error["description"])


def nested(depth: int, kind: str) -> str:
    return (
        '{"a":' * depth + "1" + "}" * depth
        if kind == "object"
        else '{"a":' + "[" * (depth - 1) + "]" * (depth - 1) + "}"
    )


@FORMATS
@pytest.mark.parametrize("kind", ["object", "list"])
def test_json_nested_100000_deep_is_400(key: str, format: str, kind: str) -> None:
    assert refused(key, format, nested(100_000, kind), "application/json") == TOO_DEEP


@FORMATS
@pytest.mark.parametrize("kind", ["object", "list"])
def test_json_may_be_as_deep_as_the_bound_and_no_deeper(key: str, format: str, kind: str) -> None:
    # A list holds nothing at its deepest level, an object a number, which counts.
    deepest = JSON_DEPTH_MAX if kind == "list" else JSON_DEPTH_MAX - 1
    assert "service_code" in refused(key, format, nested(deepest, kind), "application/json")
    assert refused(key, format, nested(deepest + 1, kind), "application/json") == TOO_DEEP


@FORMATS
@pytest.mark.parametrize(
    ("body", "description"),
    [
        (b"[]", NOT_AN_OBJECT), (b"1", NOT_AN_OBJECT), (b'"x"', NOT_AN_OBJECT), (b"null", NOT_AN_OBJECT), (b"{", not_json(2)),
        (b"", "service_code was not provided."), (b"{}x", not_json(3)), (b"\xff\xfe{", NOT_UTF8),
        (b'{"lat": NaN}', not_a_number("NaN")), (b'{"lat": Infinity}', not_a_number("Infinity")),
        (b'{"lat": -Infinity}', not_a_number("-Infinity")), (b'"\\u0000"', "The body contains invalid characters."),
        (b'{"lat": "\xff"}', NOT_UTF8), (b'{"lat": ' + b"9" * 5000 + b"}", "The body has a number with too many digits."),
    ],
)  # fmt: skip
def test_json_that_is_no_object_of_texts_and_numbers_is_400_that_says_why(
    key: str, format: str, body: bytes, description: str
) -> None:  # fmt: skip
    assert refused(key, format, body, "application/json") == description


@FORMATS
@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"unknown": "\\u0000"}', "unknown"),
        (b'{"\\u0000": 1}', "\ufffd"),
        (b'{"unknown": "\\ud800"}', "unknown"),
        (b'{"a": {"b\\udfff": 1}}', "a.b\ufffd"),
        (b'{"a": ["b", {"c": "\\u0000"}]}', "a.c"),
        (b'{"' + b"a" * 300 + b'": {"b": "\\u0000"}}', "a" * 120),
    ],
)
def test_a_field_of_json_that_is_no_text_is_named(key: str, format: str, body: bytes, field: str) -> None:
    assert refused(key, format, body, "application/json") == f"{field} contains invalid characters."


@FORMATS
def test_json_has_no_more_values_than_a_form_has_fields(key: str, format: str, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    body = json.dumps({"a": list(range(8))})  # the object, the list, and eight numbers
    assert "service_code" in refused(key, format, body, "application/json")
    assert refused(key, format, json.dumps({"a": list(range(9))}), "application/json") == TOO_MANY_VALUES
    assert refused(key, format, json.dumps({str(n): n for n in range(10)}), "application/json") == TOO_MANY_VALUES


def test_json_may_begin_with_a_byte_order_mark(api: Api, pothole_form: Form) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(pothole_form).encode()
    answer = api.client.generic("POST", f"{BASE}requests.json?api_key={api.key}", body, "application/json")
    assert answer.status_code == 200, answer.content


@FORMATS
@pytest.mark.parametrize("content_type", [FORM, "application/json", f"{FORM}; charset=utf-8", "Application/JSON ; x=y"])
def test_a_form_and_json_of_more_bytes_than_the_bound_are_400(
    key: str, format: str, content_type: str, settings: Settings
) -> None:  # fmt: skip
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    start, end = (b'{"a":"', b'"}') if "json" in content_type.lower() else (b"a=", b"")
    within = start + b"x" * (100 - len(start + end)) + end
    assert "service_code" in refused(key, format, within, content_type)
    assert refused(key, format, start + b"x" * (101 - len(start + end)) + end, content_type) == too_large(
        "100\xa0bytes"
    )


@FORMATS
def test_a_form_of_more_fields_than_the_bound_is_400(key: str, format: str, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    many = {str(n): "x" for n in range(6)}
    few = dict(list(many.items())[:5])
    assert "service_code" in refused(key, format, "&".join(few), FORM)
    assert refused(key, format, "a=1&" * 6, FORM) == TOO_MANY_FIELDS
    assert "service_code" in refused(key, format, encode_multipart(BOUNDARY, few), MULTIPART_CONTENT)
    assert refused(key, format, encode_multipart(BOUNDARY, many), MULTIPART_CONTENT) == TOO_MANY_FIELDS


@FORMATS
def test_a_multipart_form_is_bounded_in_text_files_and_bytes(key: str, format: str, settings: Settings) -> None:
    def sent(form: Form) -> str:
        return refused(key, format, encode_multipart(BOUNDARY, form), MULTIPART_CONTENT)

    def files(count: int) -> Form:
        return {str(n): SimpleUploadedFile("a.jpg", b"x" * 200, "image/jpeg") for n in range(count)}

    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert "service_code" in sent({"a": "x" * 90})
    assert sent({"a": "x" * 120}) == too_large("100\xa0bytes")
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3
    assert "service_code" in sent(files(3))
    assert sent(files(4)) == "Too many files. Send at most 3."
    settings.BODY_MAX_BYTES = len(encode_multipart(BOUNDARY, files(2)))
    assert "service_code" in sent(files(2))
    settings.BODY_MAX_BYTES -= 1
    assert sent(files(2)).startswith("The body is too large.")


@FORMATS
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=\xe9", b"x"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n'
         b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--"),
    ],
)  # fmt: skip
def test_a_multipart_form_that_is_none_is_400(key: str, format: str, content_type: str, body: bytes) -> None:
    assert refused(key, format, body, content_type) in (NOT_A_FORM, "service_code was not provided.")


@FORMATS
@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "nonsense", "idna", ""])
@pytest.mark.parametrize("type_", [FORM, "application/json", "multipart/form-data; boundary=b"])
def test_whatever_charset_is_claimed_it_is_read_as_utf8(key: str, format: str, charset: str, type_: str) -> None:
    body = {FORM: b"locale=es", "application/json": b'{"locale": "es"}'}.get(
        type_, b'--b\r\nContent-Disposition: form-data; name="locale"\r\n\r\nes\r\n--b--\r\n'
    )
    # In Spanish: the field was read.
    assert refused(key, format, body, f"{type_}; charset={charset}") == "Falta service_code."


@FORMATS
@pytest.mark.parametrize("content_type", ["text/xml", "text/plain", "application/octet-stream", "x", "a/b; c", ""])
def test_a_body_of_another_type_is_not_read_and_never_a_415(
    key: str, format: str, content_type: str, settings: Settings
) -> None:  # fmt: skip
    body = b"service_code=pothole&lat=40.5&long=-69.0"
    assert refused(key, format, body, content_type) == "service_code was not provided."
    settings.BODY_MAX_BYTES = 10
    assert refused(key, format, body, content_type) == too_large(files="10\xa0bytes")


@FORMATS
def test_nul_is_not_text_in_a_form_either(api: Api, pothole_form: Form, format: str) -> None:
    (error,) = api.post(pothole_form | {"description": "a\x00b"}, 400, path=f"requests.{format}")
    assert error["description"] == "description contains invalid characters."
