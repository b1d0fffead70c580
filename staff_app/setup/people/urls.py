"""URLs of people, roles and single sign-on."""

from django.urls import URLPattern, path

from staff_app.setup.people import invitations, invite_list, people, roles, see_as_role, sign_in, ways_back

urlpatterns: list[URLPattern] = [
    path("setup/people/", people.people, name="people"),
    path("setup/people/invite/", invitations.invite_person, name="invite_person"),
    path("setup/people/invite-list/", invite_list.invite_list, name="invite_list"),
    path(
        "setup/people/invitations/<int:invitation_id>/send-again/",
        invitations.resend_invitation,
        name="resend_invitation",
    ),
    path(
        "setup/people/invitations/<int:invitation_id>/cancel/",
        invitations.cancel_invitation,
        name="cancel_invitation",
    ),
    path("setup/people/<int:user_id>/", people.person, name="person"),
    path("setup/people/<int:user_id>/reset-second-step/", people.reset_second_step, name="reset_second_step"),
    path("setup/people/<int:user_id>/end/", people.end_person, name="end_person"),
    path("setup/people/<int:user_id>/bring-back/", ways_back.bring_back_person, name="bring_back_person"),
    path("setup/roles/", roles.roles, name="roles"),
    path("setup/roles/changes/<int:change_id>/undo/", ways_back.undo_role_change, name="undo_role_change"),
    path("setup/roles/add/", roles.add_role, name="add_role"),
    path("setup/roles/<int:role_id>/", roles.role, name="role"),
    path("setup/roles/<int:role_id>/see/", see_as_role.see_as_role, name="see_as_role"),
    path("setup/roles/stop/", see_as_role.stop_seeing_as_role, name="stop_seeing_as_role"),
    path("setup/roles/<int:role_id>/remove/", roles.remove_role, name="remove_role"),
    path("setup/sign-in/", sign_in.sign_in_setup, name="sign_in_setup"),
]
