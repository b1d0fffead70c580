"""`{% chart one %}` draws a chart of requests_app/charts.py with its table; `{% sparkline one %}` the line alone."""

from typing import Any

from django import template

from requests_app.charts import Chart

register = template.Library()


@register.inclusion_tag("requests_app/_chart.html")
def chart(chart: Chart) -> dict[str, Any]:
    return {"chart": chart}


@register.inclusion_tag("requests_app/_chart_drawing.html")
def sparkline(chart: Chart) -> dict[str, Any]:
    return {"chart": chart}
