"""Values of the map's style at one zoom: the few of MapLibre's expressions that places/style.py is written with."""

from typing import Any

Properties = dict[str, Any]


def value(expression: Any, zoom: float, properties: Properties) -> Any:
    """What the expression says for a shape. Raises ValueError for an operator that the style doesn't use."""
    if not isinstance(expression, list) or not expression or not isinstance(expression[0], str):
        return expression
    operator, *parts = expression
    match operator:
        case "get":
            return properties.get(parts[0])
        case "has":
            return properties.get(parts[0]) not in (None, "")
        case "zoom":
            return zoom
        case "literal":
            return parts[0]
        case "all":
            return all(value(part, zoom, properties) for part in parts)
        case "==":
            return value(parts[0], zoom, properties) == value(parts[1], zoom, properties)
        case "in":
            return value(parts[0], zoom, properties) in value(parts[1], zoom, properties)
        case "match":
            return _matched(parts, zoom, properties)
        case "interpolate":
            return _interpolated(parts, zoom, properties)
        case "-":
            return value(parts[0], zoom, properties) - value(parts[1], zoom, properties)
        case "to-number":
            return _number(value(parts[0], zoom, properties), parts[1] if len(parts) > 1 else 0)
    raise ValueError(f"The style uses {operator!r}, which pictures can't draw.")


def _matched(parts: list[Any], zoom: float, properties: Properties) -> Any:
    """["match", input, label, output, …, fallback]."""
    found, pairs, fallback = value(parts[0], zoom, properties), parts[1:-1], parts[-1]
    for label, output in zip(pairs[::2], pairs[1::2], strict=True):
        if found == label:
            return value(output, zoom, properties)
    return value(fallback, zoom, properties)


def _interpolated(parts: list[Any], zoom: float, properties: Properties) -> float:
    """["interpolate", [kind, base?], ["zoom"], stop, output, …]."""
    base = float(parts[0][1]) if parts[0][0] == "exponential" else 1.0
    stops = [float(stop) for stop in parts[2::2]]
    outputs = [float(value(output, zoom, properties)) for output in parts[3::2]]
    if zoom <= stops[0]:
        return outputs[0]
    for at in range(1, len(stops)):
        if zoom <= stops[at]:
            low, high = stops[at - 1], stops[at]
            share = (
                (zoom - low) / (high - low) if base == 1 else (base ** (zoom - low) - 1) / (base ** (high - low) - 1)
            )
            return outputs[at - 1] + share * (outputs[at] - outputs[at - 1])
    return outputs[-1]


def _number(value: Any, fallback: float) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return fallback
