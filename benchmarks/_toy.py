"""The yardstick beside our figures: a bare Django application that inserts one row per POST, in the same server and database.

Run as ``python -m benchmarks._toy PORT FOLDER [DATABASE_URL]``.
"""

import json
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from jinzhong.config.database import settings_for


def main(port: str, folder: str, url: str = "") -> None:
    database = settings_for(url, Path(folder))
    settings.configure(
        ALLOWED_HOSTS=["*"], DATABASES={"default": database}, ROOT_URLCONF=__name__, USE_TZ=True
    )
    django.setup()
    application = toy()
    Granian(
        "toy:application",
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=16,
        log_level=LogLevels.error,
    ).serve(target_loader=lambda target: application)


urlpatterns: list[Any] = []


def toy() -> Any:
    """Its one table and its one address."""
    from django.db import connection, models

    class Toy(models.Model):
        name = models.TextField()
        phone = models.TextField()
        amount = models.DecimalField(max_digits=14, decimal_places=2)

        class Meta:
            app_label = "toy"

    def insert(request: HttpRequest) -> JsonResponse:
        said = json.loads(request.body)
        made = Toy.objects.create(
            name=said["customer_name"], phone=said["customer_phone"], amount=said["amount"]
        )
        return JsonResponse({"id": made.pk}, status=201)

    with connection.schema_editor() as editor:
        editor.create_model(Toy)
    connection.close()
    urlpatterns.append(path("insert", insert))
    return get_wsgi_application()


if __name__ == "__main__":
    main(*sys.argv[1:])
