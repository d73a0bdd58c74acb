"""What govern keeps: people who sign in, tokens, the shop itself, and who did what."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager["User"]):
    """Finds a user by e-mail without regard to case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Somebody who works in the shop and signs in with an e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, default="vi")
    is_active = models.BooleanField(default=True)
    is_admin = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    scopes: frozenset[str] = frozenset()  # what the token they came by may do beside the rest

    USERNAME_FIELD = "email"
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def may(self, permission: str) -> bool:
        """Whether the person may do what ``permission`` names: administrators may do anything."""
        return self.is_active and self.is_admin


class ApiToken(models.Model):
    """A key for the REST interface: only its hash is kept; the prefix finds it."""

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    scopes = models.JSONField(default=list, db_default=[])  # keys of ``tokens.SCOPES``
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class AuditEntry(models.Model):
    """One thing a person did, never changed afterwards."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)


class Shop(models.Model):
    """The one shop of this installation: what it is called and how it counts."""

    name = models.CharField(max_length=200)
    trade = models.CharField(max_length=32, default="retail")
    currency = models.CharField(max_length=3, default="VND")
    timezone = models.CharField(max_length=64, default="Asia/Ho_Chi_Minh")
    created_at = models.DateTimeField()
