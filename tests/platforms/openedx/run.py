"""Open edX's LTI 1.3 platform code (lti-consumer-xblock) as a server of its own.

    python run.py --port 9201 --tool http://127.0.0.1:9101 --database edx.sqlite3

Everything that is LTI here is lti_consumer's own, unmodified code; only the LMS around it is stubbed (edx_stub/).
One process: the data of a launch under way is kept in memory.
"""

import argparse
import sys
from pathlib import Path

import django
from django.conf import settings

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--tool", required=True, help="the tool's base address")
parser.add_argument("--database", required=True, help="a SQLite file that does not exist yet")
options = parser.parse_args()

sys.path.insert(0, str(Path(__file__).resolve().parent))
BASE = f"http://127.0.0.1:{options.port}"

settings.configure(
    SECRET_KEY="test-only",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="edx_stub.urls",
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": options.database,
            "OPTIONS": {"timeout": 20},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "config_models",
        "statici18n",
        "edx_stub",
        "lti_consumer",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "crum.CurrentRequestUserMiddleware",
        "edx_django_utils.cache.middleware.RequestCacheMiddleware",
        "edx_django_utils.cache.middleware.TieredCacheMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}}],
    SESSION_COOKIE_NAME="edx_sessionid",
    STATIC_URL="/static/",
    STATIC_ROOT="/nonexistent",
    LOCALE_PATHS=[],
    LANGUAGES=[("en", "English")],
    # What lti_consumer reads from edx-platform's settings:
    LMS_ROOT_URL=BASE,
    LMS_BASE=f"127.0.0.1:{options.port}",
    PLATFORM_NAME="Open edX (lti-consumer-xblock)",
    SERVICE_VARIANT="lms",
    LEARNING_MICROFRONTEND_URL=BASE,
    USAGE_ID_PATTERN=r"(?P<usage_id>(?:i4x://?[^/]+/[^/]+/[^/]+/[^@]+(?:@[^/]+)?)|(?:[^/]+))",
    TOOL={
        "login": options.tool + "/lti/login",
        "launch": options.tool + "/lti/launch",
        "jwks": options.tool + "/lti/jwks",
    },
)

from edx_stub import lms  # noqa: E402  (it fills sys.modules, which needs the settings)

lms.install()
django.setup()

from django.core.management import call_command  # noqa: E402

call_command("migrate", run_syncdb=True, verbosity=0)
lms.seed()
call_command("runserver", f"127.0.0.1:{options.port}", use_reloader=False, verbosity=0)
