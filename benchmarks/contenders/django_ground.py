"""Django set up by a program, for the contenders that are built on it."""

from urllib.parse import urlsplit

import django
from django.conf import settings


def set_up(url: str, *apps: str) -> None:
    """Configure Django for one database with persistent connections, and load these apps."""
    place = urlsplit(url)
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *apps],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": place.path[1:],
                "HOST": place.hostname,
                "PORT": place.port,
                "USER": place.username,
                "PASSWORD": place.password,
                "CONN_MAX_AGE": None,
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        ROOT_URLCONF="benchmarks.contenders.django_ground",
    )
    django.setup()


urlpatterns: list[object] = []
