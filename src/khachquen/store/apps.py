from importlib import import_module

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "khachquen.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Columns learn to be asked for ``__among``."""
        import_module("khachquen.store.among")
