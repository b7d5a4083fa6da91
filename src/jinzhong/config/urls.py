"""All addresses: pages, API, health."""

from django.urls import include, path

from jinzhong.wire.health import healthz
from jinzhong.wire.rest import unknown, urls

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", urls),
    path("api/<path:rest>", unknown),
    path("", include("jinzhong.web.urls")),
]
