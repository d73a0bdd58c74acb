"""Django's settings, made from the installation's own ``khachquen.toml`` and the environment."""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from khachquen.base import Config, load_config
from khachquen.store.sqlite import use_safe_sqlite

use_safe_sqlite(sys.modules)

CONFIG: Config = load_config(Path(os.environ.get("KHACHQUEN_DATA", "shop")))

_PACKAGE = Path(__file__).parent


def _secret_key(data: Path) -> str:
    """The key sessions and links are signed with: made once, readable by its owner only."""
    path = data / "secret.key"
    if not path.exists():
        if not data.exists():
            return secrets.token_urlsafe(48)  # no installation yet: nothing to sign for
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def _database(config: Config) -> dict[str, object]:
    if not config.database.url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": config.data / "state.db",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;"
                    " PRAGMA wal_autocheckpoint=8000;"
                ),
            },
            "TEST": {"NAME": config.data / "test-state.db"},
        }
    parts = urlsplit(config.database.url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_HEALTH_CHECKS": True,
    }


SECRET_KEY = _secret_key(CONFIG.data)
DEBUG = False
ALLOWED_HOSTS = CONFIG.server.allowed_hosts
ROOT_URLCONF = "khachquen.serve.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "khachquen.govern.apps.GovernConfig",
    "khachquen.govern.consent.apps.ConsentConfig",
    "khachquen.collect.apps.CollectConfig",
    "khachquen.collect.forms.apps.FormsConfig",
    "khachquen.store.apps.StoreConfig",
    "khachquen.store.jobs.apps.JobsConfig",
    "khachquen.unify.apps.UnifyConfig",
    "khachquen.unify.quality.apps.QualityConfig",
    "khachquen.unify.traits.apps.TraitsConfig",
    "khachquen.unify.households.apps.HouseholdsConfig",
    "khachquen.unify.suggestions.apps.SuggestionsConfig",
    "khachquen.unify.rulebook.apps.RulebookConfig",
    "khachquen.understand.classes.apps.ClassesConfig",
    "khachquen.understand.segments.apps.SegmentsConfig",
    "khachquen.relate.notes.apps.NotesConfig",
    "khachquen.relate.lists.apps.ListsConfig",
    "khachquen.activate.content.apps.ContentConfig",
    "khachquen.activate.returned.apps.ReturnedConfig",
    "khachquen.activate.webhooks.apps.WebhooksConfig",
    "khachquen.activate.campaigns.apps.CampaignsConfig",
    "khachquen.activate.confirmations.apps.ConfirmationsConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "khachquen.web.gate.ReaderMiddleware",
    "khachquen.web.gate.GateMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "khachquen.web.errors.ErrorMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_PACKAGE / "web" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "khachquen.web.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "khachquen.web.components.blocks",
                "khachquen.web.components.data",
                "khachquen.web.components.figures",
                "khachquen.web.components.frame",
                "khachquen.web.components.people",
            ],
        },
    }
]
DATABASES = {"default": _database(CONFIG)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "govern.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "khachquen.web.errors.csrf_failure"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "khachquen.web.pages.sign_in.attempted_email"
AXES_LOCKOUT_CALLABLE = "khachquen.web.pages.sign_in.locked_out"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [_PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = CONFIG.shop.timezone

STATIC_URL = "/static/"
STATICFILES_DIRS = [_PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 86400

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.server.base_url.startswith("https")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_TRUSTED_ORIGINS = [CONFIG.server.base_url] if CONFIG.server.base_url else []
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
