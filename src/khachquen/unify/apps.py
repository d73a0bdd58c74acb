from django.apps import AppConfig
from django.db.backends.signals import connection_created


class UnifyConfig(AppConfig):
    name = "khachquen.unify"
    label = "unify"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from khachquen.unify.profiles.collation import teach_sqlite

        connection_created.connect(teach_sqlite, dispatch_uid="khachquen.unify.collation")
