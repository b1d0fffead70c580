"""How often one API key may call, counted in limits.py like everything else."""

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from requests_app import limits


class ApiKeyThrottle(BaseThrottle):
    """At most `most` calls with one key in `per_s` seconds. Calls without a key are not counted."""

    scope: str
    most: int
    per_s: int

    def allow_request(self, request: Request, view: APIView) -> bool:
        if request.auth is None:
            return True
        return limits.allow_key(f"{self.scope}:{request.auth.pk}", most=self.most, per_s=self.per_s)

    def wait(self) -> float:
        return self.per_s
