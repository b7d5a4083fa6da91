"""Idle lock: after a quarter of an hour without a touch the session ends. Background refreshes are no touch."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from jinzhong import clock

SEEN = "seen_at"
LOCKED = "locked"
"""Left in the next session, so that the login page can say why it is there."""


class IdleLockMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._lock_or_note(request)
        return self.get_response(request)

    def _lock_or_note(self, request: HttpRequest) -> None:
        now = clock.machine_seconds()
        seen = request.session.get(SEEN, now)
        if now - seen > settings.IDLE_LOCK_MINUTES * 60:
            logout(request)
            request.session[LOCKED] = True
        elif (now - seen > 20 and not request.headers.get("X-Background")) or SEEN not in request.session:
            request.session[SEEN] = now
