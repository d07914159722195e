"""Django as a WSGI application: what the door (fleet/asgi.py) runs in its threads."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleet.settings")

django.setup(set_prefix=False)

from fleet.addresses import Handler  # noqa: E402 - its settings must be there

application = Handler()
