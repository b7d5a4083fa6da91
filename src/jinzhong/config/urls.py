"""All addresses: pages, API, health."""

from django.urls import include, path

from jinzhong.wire.health import healthz
from jinzhong.wire.rest import api

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", api.urls),
    path("", include("jinzhong.web.urls")),
]
