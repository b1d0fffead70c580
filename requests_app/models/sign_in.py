"""Single sign-on by OpenID Connect: a city's provider, what its groups may do, and the accounts that came from it."""

from django.db import models

from requests_app.models.catalog import Department
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import Role, User


class SignInProvider(models.Model):
    jurisdiction = models.OneToOneField(Jurisdiction, on_delete=models.CASCADE, related_name="sign_in_provider")
    # On the button: "Sign in with …".
    name = models.CharField(max_length=100)
    # The issuer, as its tokens call it.
    server_url = models.URLField(max_length=300)
    client_id = models.CharField(max_length=200)
    # Sealed (see sealed.py).
    client_secret = models.TextField(blank=True)
    groups_claim = models.CharField(max_length=60, default="groups")
    active = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class SignInGroup(models.Model):
    """Members of the provider's group have this role, in one department or in the whole city."""

    provider = models.ForeignKey(SignInProvider, on_delete=models.CASCADE, related_name="groups")
    group = models.CharField(max_length=200)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="sign_in_groups")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["group", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "group", "department", "role"],
                nulls_distinct=False,
                name="sign_in_group_unique",
            ),
        ]


class SignInAccount(models.Model):
    """Somebody who signed in through the provider."""

    provider = models.ForeignKey(SignInProvider, on_delete=models.CASCADE, related_name="accounts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=255)
    # Sealed. With it we ask every half hour whether the person is still there. Empty: signed out.
    refresh_token = models.TextField(blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="sign_in_account_unique"),
            models.UniqueConstraint(fields=["provider", "user"], name="sign_in_account_of_user"),
        ]
        indexes = [models.Index(fields=["checked_at"], name="sign_in_account_by_check")]


class LogoutToken(models.Model):
    """The id of a logout token that was used, so that it can't be replayed."""

    provider = models.ForeignKey(SignInProvider, on_delete=models.CASCADE, related_name="+")
    jti = models.CharField(max_length=255)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "jti"], name="logout_token_once")]
