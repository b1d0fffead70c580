"""Is this installation well? What the doctor sees, the worst first, for administrators."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests_app.doctor import health_file, processes, table
from requests_app.doctor.findings import COLORS, Finding
from requests_app.messages.outbox_words import outbox_words
from staff_app.decorators import StaffRequest, need_in_city, staff_page


@staff_page
@require_safe
def health(request: StaffRequest) -> HttpResponse:
    """Reads the database as it concerns this city; what `lampctl watch` saw of the machine comes from its file."""
    need_in_city(request, "administer")
    city = request.jurisdiction
    findings = table.run([check for check in table.CHECKS if not check.of_machine], city)
    machine = health_file.read()
    of_machine = {check.code for check in table.CHECKS if check.of_machine}
    findings += [finding for finding in machine.findings if finding.code in of_machine] if machine else []
    findings.append(health_file.watched(machine))
    by_color: dict[str, list[tuple[str, Finding]]] = {color: [] for color in COLORS}
    for finding in findings:
        check = table.BY_CODE.get(finding.code)
        by_color[finding.color].append((str(check.name) if check else str(table.WATCH), finding))
    parts = [(outbox_words(part.name), part) for part in processes.parts(city)]
    context = {
        **by_color,
        "parts": parts,
        "parts_need_care": any(part.color != "green" for _name, part in parts),
        "seen_at": machine.at if machine else None,
    }
    return render(request, "staff_app/setup/health.html", context)
