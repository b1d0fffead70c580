"""All settings, and the only code that reads the environment. docs/operating.md explains them, .env.example lists them."""

import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import drf_spectacular_sidecar
import environ
from whitenoise.compress import Compressor

from config import languages

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()
# The names that this process was given, for who helps with it; never their values.
SETTINGS_GIVEN = frozenset(name.removesuffix("_FILE") for name, value in os.environ.items() if value)

# --- Deployment ---------------------------------------------------------------------------------------------------
# The demo's bar, one-click sign-in and email page. Not allowed in production (see requests_app/checks.py).
DEMO = env.bool("LAMPLIGHTER_DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
# "development" is for a clone on your own machine; bin/demo and bin/test set it. Anything else, even a typo, is production.
PRODUCTION = env.str("LAMPLIGHTER_ENV", default="production") != "development"
VAR = Path(env.str("LAMPLIGHTER_VAR", default=str(BASE_DIR / "var")))
SECRET_KEY = env.str("SECRET_KEY", default="" if PRODUCTION else "development-only-" + "0" * 40)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Keys that private links are derived from, newest first. Adding a key in front does not break older links.
LINK_KEYS = env.list("LINK_KEYS", default=[] if PRODUCTION else ["development-only-link-key-" + "0" * 40])
# Random, and in the database as well: where the two differ, the database is a copy, and nothing is sent. Empty: nobody asks.
INSTALLATION_ID = env.str("INSTALLATION_ID", default="")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8311").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
RATE_LIMITS = env.str("RATE_LIMITS", default="on") != "off"
# A report sent faster than this, in seconds after the first page, was sent by a bot.
LEAST_S_TO_REPORT = 3
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Where the processes of this machine add up what they count (requests_app/core/metrics.py). Empty: each counts for itself.
METRICS_FOLDER = env.str("PROMETHEUS_MULTIPROC_DIR", default="")
# Whom `lampctl watch` calls when a check of the doctor is red, and the address that it calls while none is.
OPERATOR_EMAIL = env.str("OPERATOR_EMAIL", default="")
OPERATOR_PHONE = env.str("OPERATOR_PHONE", default="")
HEARTBEAT_URL = env.str("HEARTBEAT_URL", default="")

# --- Applications -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    # So that templates/ can override widget templates.
    "django.forms",
    "crispy_forms",
    "pgtrigger",
    "anymail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "requests_app",
    "staff_app",
]

MIDDLEWARE = [
    "requests_app.middleware.trusted_proxy",
    "django.middleware.security.SecurityMiddleware",
    "requests_app.web.secret_pages.secret_pages",
    # Early, so that they cover responses from later middleware.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "requests_app.web.permissions_policy.permissions_policy",
    "requests_app.core.static_files.StaticFilesMiddleware",
    "requests_app.middleware.measured",
    "requests_app.middleware.CompressText",
    "requests_app.middleware.request_id",
    "requests_app.middleware.read_once",
    "requests_app.middleware.unshared",
    "csp.middleware.CSPMiddleware",
    "requests_app.middleware.probe",
    "requests_app.middleware.body_limit",
    "requests_app.middleware.outage",
    "requests_app.middleware.jurisdiction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "requests_app.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "requests_app.middleware.wrong_method",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "requests_app.web.context.city",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["uswds"]
CRISPY_TEMPLATE_PACK = "uswds"

# --- PostgreSQL ---------------------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default="")
# The database role of this process: web, unless the command that starts it sets another.
DATABASE_ROLE = env.str("LAMPLIGHTER_DATABASE_ROLE", default="web")
DATABASE_ROLE_URLS = {
    "web": DATABASE_URL,
    "owner": env.str("DATABASE_URL_OWNER", default=DATABASE_URL),
    "worker": env.str("DATABASE_URL_WORKER", default=DATABASE_URL),
    "export": env.str("DATABASE_URL_EXPORT", default=DATABASE_URL),
    "read": env.str("DATABASE_URL_READ", default=DATABASE_URL),
}


def database(url: str) -> dict[str, Any]:
    """One entry of DATABASES: PostGIS, with Django's connection pool, which checks connections before use."""
    config: dict[str, Any] = env.db_url_config(url) if url else {"NAME": "lamplighter"}
    # In a URL, a socket's folder is written as %2Fpath%2Fto.
    config["HOST"] = unquote(config.get("HOST", ""))
    options = {**config.get("OPTIONS", {})}
    if env.bool("DATABASE_POOL", default=True):
        # The pool doubles its wait between attempts, up to minutes. It gives up soon instead, and the next request tries at once.
        options["pool"] = {
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL_SIZE", default=10),
            "timeout": 2,
            "reconnect_timeout": 3,
        }
    return {
        **config,
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 0,
        "ATOMIC_REQUESTS": False,
    }


DATABASES = {"default": database(DATABASE_ROLE_URLS[DATABASE_ROLE])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "requests_app.User"

# --- Redis: cache, counters and wake-ups; flushing it is harmless --------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "requests_app.core.cache.BreakerRedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://").replace("?virtual_host=", "?db="),
        "KEY_PREFIX": "lamplighter",
    },
}

# --- Celery -------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # Messages are hints, so one that is lost with its worker need not come back. Restoring it to a Redis that just died is
    # what ended the whole worker ("Unrecoverable error: AttributeError … 'hostname'").
    "ack_emulation": False,
}
# Each lane of the outbox has a queue, and workers of its own. Threads, since they mostly wait: for the database or for email.
CELERY_TASK_DEFAULT_QUEUE = "database"
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
# One message: requests_app/worker/clock.py says what is due, and the outbox keeps it.
CELERY_BEAT_SCHEDULE = {
    "every minute": {
        "task": "requests_app.worker.tasks.enqueue_due_parts",
        "schedule": 60.0,
        "options": {"queue": "clock", "expires": 60},
    },
}

# --- Email: files in the demo; in production a mail server (EMAIL_URL) or an email service (ANYMAIL_SERVICE) --------
MAIL_FOLDER = VAR / "mail"
ANYMAIL: dict[str, Any] = {"REQUESTS_TIMEOUT": 10}
if ANYMAIL_SERVICE := env.str("ANYMAIL_SERVICE", default=""):
    EMAIL_BACKEND = f"anymail.backends.{ANYMAIL_SERVICE}.EmailBackend"
    ANYMAIL |= env.dict("ANYMAIL_SETTINGS", default={})
elif EMAIL_URL := env.str("EMAIL_URL", default=""):
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(MAIL_FOLDER)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="311@rivermark.example")

# --- Text messages to people on call: files in the demo; in production the API of a gateway, or none ------------------
SMS_FOLDER = VAR / "sms"
SMS_URL = env.str("SMS_URL", default="")
SMS_USER, SMS_PASSWORD = env.str("SMS_USER", default=""), env.str("SMS_PASSWORD", default="")
SMS_FROM = env.str("SMS_FROM", default="")
SMS_BACKEND = "requests_app.messages.sms.send_by_http" if SMS_URL else ""
if DEMO and not SMS_URL:
    SMS_BACKEND = "requests_app.messages.sms.write_to_file"

# --- Whom to call in danger, by kind (docs/danger.md): the national numbers of the United States. Empty: none ----------
HOTLINES = {
    "poison": env.str("HOTLINE_POISON", default="1-800-222-1222"),
    "self_harm": env.str("HOTLINE_SELF_HARM", default="988"),
    "domestic_violence": env.str("HOTLINE_DOMESTIC_VIOLENCE", default="1-800-799-7233"),
    "sexual_violence": env.str("HOTLINE_SEXUAL_VIOLENCE", default="1-800-656-4673"),
    "child_abuse": env.str("HOTLINE_CHILD_ABUSE", default="1-800-422-4453"),
    "elder_abuse": env.str("HOTLINE_ELDER_ABUSE", default="1-800-677-1116"),
    "trafficking": env.str("HOTLINE_TRAFFICKING", default="1-888-373-7888"),
    "overdose": env.str("HOTLINE_OVERDOSE", default="1-800-662-4357"),
}
TRAFFICKING_TEXT_NUMBER = env.str("HOTLINE_TRAFFICKING_TEXT", default="233733")

# --- Webhooks: never to an inside address; the demo and tests may call this machine itself, also by plain http -------
WEBHOOKS_TO_LOOPBACK = not PRODUCTION and env.bool("WEBHOOKS_TO_LOOPBACK", default=DEMO)

# --- Sign-in ------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "staff_app.sign_in.StaffAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
# A link that confirms a new address has a random key of its own. One that signs the row's id would confirm another row after
# a restore, which hands out the same ids again.
ACCOUNT_EMAIL_CONFIRMATION_HMAC = False
# A password reset gives the same answer for every address, and emails only staff.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Someone at an unlocked computer must not be able to change the account's email or password.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
# The second step: a code from an app, or a passkey or security key. Browsers offer those on HTTPS and on localhost only.
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
# Right passwords don't count, and wrong ones by network and by day are counted in staff_app/sign_in.py.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "10/m/key"} if RATE_LIMITS else False
# So that an owner can sign in whatever strangers have typed; a second step is still asked for.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "staff_app:queue"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# --- Language and time: times are stored in UTC and shown in the jurisdiction's time zone ------------------------
LANGUAGE_CODE = "en"
# A city's own folders come first, so they can also override our wording.
LOCALE_PATHS = [*map(Path, env.list("LOCALE_FOLDERS", default=[])), BASE_DIR / "locale"]
LANGUAGES = languages.spoken(LOCALE_PATHS)
LANGUAGES_BIDI = languages.run_from_the_right(LANGUAGES)
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files and photos ----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
# Swagger UI, which the sidecar package brings next to another one that we don't serve.
SWAGGER_UI = Path(drf_spectacular_sidecar.__file__).parent / "static/drf_spectacular_sidecar/swagger-ui-dist"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [BASE_DIR / "static", ("swagger-ui", SWAGGER_UI)]
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR / "media"))
# Written by `manage.py train_suggestions`, read by web processes.
SUGGESTIONS_ROOT = env.str("SUGGESTIONS_ROOT", default=str(VAR / "suggestions"))
# The pages for an outage, which nginx reads; a worker writes them there if the folder exists.
AWAY_ROOT = VAR / "away"
# Photos: files in MEDIA_ROOT, or objects in a bucket of Amazon S3 or of a server that speaks its protocol.
PHOTO_STORAGE: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
if S3_BUCKET := env.str("S3_BUCKET", default=""):
    PHOTO_STORAGE = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            # Empty: Amazon's own, and the credentials that the machine has.
            "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
            "region_name": env.str("S3_REGION", default="") or None,
            "access_key": env.str("S3_ACCESS_KEY_ID", default="") or None,
            "secret_key": env.str("S3_SECRET_ACCESS_KEY", default="") or None,
            "addressing_style": env.str("S3_ADDRESSING_STYLE", default="auto"),
            # As on a disk: what somebody sends never takes the place of another photo.
            "file_overwrite": False,
        },
    }
STORAGES = {
    "default": PHOTO_STORAGE,
    "staticfiles": {
        # Compression takes a while, so a demo skips it.
        "BACKEND": "requests_app.core.static_files.CompressedFiles"
        if PRODUCTION
        else "requests_app.core.static_files.HashedStaticFiles"
        if DEMO
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not (PRODUCTION or DEMO)
WHITENOISE_AUTOREFRESH = DEBUG
# PMTiles files are read by byte range, which compressed copies do not support.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "pmtiles"]
# --- The APIs for programs -----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["requests_app.api.framework.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["requests_app.api.framework.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["requests_app.api.framework.throttling.CallThrottle"],
    "DEFAULT_PARSER_CLASSES": [
        "requests_app.api.framework.parsers.JSONParser",
        "requests_app.api.framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["requests_app.api.framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "requests_app.api.framework.negotiation.OnlyKnownTypes",
    "DEFAULT_SCHEMA_CLASS": "requests_app.api.framework.schema.AutoSchema",
    "EXCEPTION_HANDLER": "requests_app.api.framework.problems.exception_handler",
}
# What drf-spectacular reads; the rest of the document is in requests_app/api/openapi.py.
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [],
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}
# Where the web processes of a machine count the photos that they decode; in production, VAR may be closed to them.
PHOTO_SLOTS_ROOT = (
    Path(tempfile.gettempdir(), f"lamplighter-photos-{os.getuid()}") if PRODUCTION else VAR / "photo-slots"
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
PHOTO_MAX_BYTES = 12 * 1024 * 1024
BODY_MAX_BYTES = 64 * 1024 * 1024

# --- Maps: the city's own layers, or a PMTiles file or a raster URL -----------------------------------------------
BASEMAP_PMTILES_URL = env.str("BASEMAP_PMTILES_URL", default="")
BASEMAP_RASTER_URL = env.str("BASEMAP_RASTER_URL", default="")
BASEMAP_ATTRIBUTION = env.str("BASEMAP_ATTRIBUTION", default="")
# The only other hosts that pages may fetch from.
BASEMAP_ORIGINS = [
    f"{url.scheme}://{url.netloc}" for url in map(urlsplit, [BASEMAP_PMTILES_URL, BASEMAP_RASTER_URL]) if url.netloc
]

# --- Security -------------------------------------------------------------------------------------------------------
SECURE = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "requests_app.error_pages.csrf_failure"
SECURE_SSL_REDIRECT = SECURE and env.bool("SECURE_SSL_REDIRECT", default=True)
# Health probes use plain HTTP.
SECURE_REDIRECT_EXEMPT = ["^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
# Both would cut off other sites of the town that only speak plain http, and preloading takes months to undo.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE and env.bool("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = SECURE and env.bool("HSTS_PRELOAD", default=False)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "worker-src": ["'self'"],
        "connect-src": ["'self'", *BASEMAP_ORIGINS],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *BASEMAP_ORIGINS],
        "font-src": ["'self'"],
        # Voicemail.
        "media-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Open311 URL patterns accept a double slash on purpose: clients join "…/v2/" and "/services.xml".
SILENCED_SYSTEM_CHECKS = ["urls.W002"]

# --- Logging: JSON lines in production, readable lines in development -----------------------------------------------
LOGGING_CONFIG = None
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
