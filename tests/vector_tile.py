"""Decodes vector tiles (Mapbox Vector Tile 2.1) for tests."""

import json
import struct
from collections.abc import Iterator
from typing import Any


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a protobuf message: field number, and an int or bytes."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            size = {1: 8, 5: 4}.get(key & 7) or varint()
            yield key >> 3, message[at : at + size]
            at += size


def _value(message: bytes) -> Any:
    ((number, value),) = _fields(message)
    if number == 1:
        return value.decode()
    if number in (2, 3):
        return struct.unpack("<f" if number == 2 else "<d", value)[0]
    if number == 6:
        return value >> 1 ^ -(value & 1)
    return bool(value) if number == 7 else value


def _varints(packed: bytes) -> list[int]:
    values, value, shift = [], 0, 0
    for byte in packed:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            values.append(value)
            value = shift = 0
    return values


def read(tile: bytes) -> dict[str, list[dict[str, Any]]]:
    """The properties of each layer's features; "at" is the position of a point in tile units."""
    layers: dict[str, list[dict[str, Any]]] = {}
    for _, layer in _fields(tile):
        parts: dict[int, list[Any]] = {}
        for number, part in _fields(layer):
            parts.setdefault(number, []).append(part)
        keys = [key.decode() for key in parts.get(3, [])]
        values = [_value(value) for value in parts.get(4, [])]
        features = layers.setdefault(parts[1][0].decode(), [])
        for feature in parts.get(2, []):
            fields = dict(_fields(feature))
            tags = _varints(fields.get(2, b""))
            properties = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
            geometry = _varints(fields[4])
            if fields[3] == 1:
                properties["at"] = tuple(number >> 1 ^ -(number & 1) for number in geometry[1:3])
            features.append(properties)
    return layers


def named(tile: bytes) -> list[dict[str, Any]]:
    """The requests named by the points of a request tile, each with the position of its point."""
    return [
        {**dict(zip(("reference", "service", "code", "state", "day"), item, strict=True)), "at": spot["at"]}
        for spot in read(tile).get("requests", [])
        for item in json.loads(spot["items"])
    ]
