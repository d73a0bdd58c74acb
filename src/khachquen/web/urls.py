"""The pages and their addresses."""

from django.urls import URLPattern, path

from khachquen.web.pages import reading

urlpatterns: list[URLPattern] = [
    path("language", reading.choose_language, name="language"),
    path("theme", reading.choose_theme, name="theme"),
]
