from django.apps import AppConfig


class ReturnedConfig(AppConfig):
    name = "khachquen.activate.returned"
    label = "returned"
    default_auto_field = "django.db.models.BigAutoField"
