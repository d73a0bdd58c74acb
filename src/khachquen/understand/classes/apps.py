from django.apps import AppConfig


class ClassesConfig(AppConfig):
    name = "khachquen.understand.classes"
    label = "classes"
    default_auto_field = "django.db.models.BigAutoField"
