"""`{% chart one %}` draws a chart of requests_app/drawing/charts.py with its table; `{% chart_drawing one %}` without it, for a
page that has a table of its own; `{% sparkline one %}` the line alone.

`{{ 1234|written }}`: a number as charts write it, "1,234".
"""

from typing import Any

from django import template

from requests_app.drawing import charts
from requests_app.drawing.charts import Chart

register = template.Library()


@register.inclusion_tag("requests_app/_chart.html")
def chart(chart: Chart) -> dict[str, Any]:
    return {"chart": chart}


@register.inclusion_tag("requests_app/_chart_legend_drawing.html")
def chart_drawing(chart: Chart) -> dict[str, Any]:
    return {"chart": chart}


@register.inclusion_tag("requests_app/_chart_drawing.html")
def sparkline(chart: Chart) -> dict[str, Any]:
    return {"chart": chart}


@register.filter
def formatted(number: charts.Number | None) -> str:
    return charts.formatted(number)
