from django.apps import AppConfig


class GovernConfig(AppConfig):
    name = "khachquen.govern"
    label = "govern"
    default_auto_field = "django.db.models.BigAutoField"
