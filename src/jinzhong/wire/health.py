"""``GET /healthz``: whether this process can reach its database, and how many messages could not be delivered at all."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from jinzhong.agenda import queries as agenda


def healthz(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        undelivered = agenda.dead_letters().count()
    except DatabaseError:
        return JsonResponse({"status": "database unreachable"}, status=503)
    return JsonResponse({"status": "ok", "undelivered": undelivered})
