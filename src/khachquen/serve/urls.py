"""Every address Django answers: the pages, and the REST interface."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("khachquen.api.urls")),
    path("", include("khachquen.web.urls")),
]

handler400 = "khachquen.web.errors.bad_request"
handler403 = "khachquen.web.errors.forbidden"
handler404 = "khachquen.web.errors.not_found"
handler500 = "khachquen.web.errors.server_error"
