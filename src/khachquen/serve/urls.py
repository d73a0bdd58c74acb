"""Every address Django answers: the pages, and the REST interface."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("khachquen.api.urls")),
    path("", include("khachquen.web.urls")),
]
