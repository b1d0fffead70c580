"""URLs of departments, teams and calendars, below /staff/setup/."""

from django.urls import URLPattern, path

from staff_app.setup.departments import calendars, departments, teams

urlpatterns: list[URLPattern] = [
    path("departments/", departments.departments, name="departments"),
    path("departments/new/", departments.new_department, name="new_department"),
    path("departments/<int:department_id>/", departments.department, name="department"),
    path("departments/<int:department_id>/close/", departments.close_department, name="close_department"),
    path("departments/<int:department_id>/reopen/", departments.reopen_department, name="reopen_department"),
    path("departments/<int:department_id>/new-team/", teams.new_team, name="new_team"),
    path("teams/", teams.teams, name="teams"),
    path("teams/<int:team_id>/", teams.team, name="team"),
    path("teams/<int:team_id>/end/", teams.end_team, name="end_team"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("calendars/new/", calendars.new_calendar, name="new_calendar"),
    path("calendars/<int:calendar_id>/", calendars.calendar, name="calendar"),
]
