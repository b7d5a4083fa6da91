"""Settings of one instance. Everything a district may change comes from the environment or the data folder."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from jinzhong import rooms
from jinzhong.config import database, environment, instance

DATA = instance.data_folder()
BASE = Path(__file__).resolve().parent.parent
VENDOR_DIR = Path(environment.read("JINZHONG_VENDOR") or BASE.parent.parent / "var" / "vendor")
IS_REAL = instance.kind() == "real"

PRODUCT_NAME = environment.read("JINZHONG_PRODUCT_NAME")
OFFICE_NAME = environment.read("JINZHONG_OFFICE_NAME")
HOTLINE = environment.read("JINZHONG_HOTLINE")
AREA_CODE = environment.read("JINZHONG_AREA_CODE")
WEEK_START = environment.weekday("JINZHONG_WEEK_START")
STREAM_URL = environment.read("JINZHONG_STREAM_URL")

SECRET_KEY = instance.key("django")[1].hex()
DEBUG = False
ALLOWED_HOSTS = environment.listed("JINZHONG_HOSTS") or (
    ["localhost", "127.0.0.1", "[::1]"] if IS_REAL else ["*"]
)
CSRF_TRUSTED_ORIGINS = environment.listed("JINZHONG_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "axes",
    *rooms.APPS,
    "jinzhong.config",
    "jinzhong.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jinzhong.web.shared.idle.IdleLockMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "jinzhong.config.urls"
WSGI_APPLICATION = "jinzhong.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jinzhong.web.shared.shell.shell",
            ]
        },
    }
]

DATABASES = {"default": database.settings_for(environment.read("DATABASE_URL"), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "district.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
IDLE_LOCK_MINUTES = environment.whole_number("JINZHONG_IDLE_MINUTES")
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_USERNAME_CALLABLE = "jinzhong.web.shared.login.written_name"
AXES_CLIENT_IP_CALLABLE = "jinzhong.web.shared.login.address"
AXES_COOLOFF_TIME = "jinzhong.web.shared.login.cool_off"
AXES_LOCKOUT_CALLABLE = "jinzhong.web.shared.login.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_RESET_ON_SUCCESS = True
AXES_SENSITIVE_PARAMETERS = ["username", "password", "ip_address"]
AXES_VERBOSE = False

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_TLS = environment.is_set("JINZHONG_TLS")
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "connect-src": [
            "'self'",
            *(["http://127.0.0.1:*", "http://localhost:*"] if not IS_REAL else []),
            *([STREAM_URL] if STREAM_URL else []),
        ],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = [BASE / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [("vendor", VENDOR_DIR)] if VENDOR_DIR.is_dir() else []
STATIC_ROOT = DATA / "static"
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_traceback_values": {"()": "jinzhong.config.logs.NoPersonalData"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_traceback_values"]}
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
