from django.apps import AppConfig


class UnifyConfig(AppConfig):
    name = "khachquen.unify"
    label = "unify"
    default_auto_field = "django.db.models.BigAutoField"
