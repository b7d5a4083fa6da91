"""The API for machines: ``/api/v1``."""

from jinzhong.wire.rest.api import api
from jinzhong.wire.rest.problems import told, unknown

urls = told(api.urls)

__all__ = ["api", "unknown", "urls"]
