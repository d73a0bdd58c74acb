from django.apps import AppConfig


class ZaloConfig(AppConfig):
    name = "khachquen.activate.zalo"
    label = "zalo"
    default_auto_field = "django.db.models.BigAutoField"
