#!/usr/bin/env python
"""Fleet's door for operators."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from fleet.management.commands import demo, down, up

# Django reads the settings, and with them the environment, before it looks for a command. These commands make that
# environment (DATABASE_URL and the rest), so they run without settings.
WITHOUT_SETTINGS = {"demo": demo.Command, "up": up.Command, "down": down.Command}


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fleet.settings")
    name = arguments[1] if len(arguments) > 1 else "help"
    try:
        if name in WITHOUT_SETTINGS:
            WITHOUT_SETTINGS[name]().run_from_argv(arguments)
        else:
            execute_from_command_line(arguments)
    except ImproperlyConfigured as error:  # a wrong setting is named in one line; a traceback would bury it
        sys.exit(f"fleet: {error}")


if __name__ == "__main__":
    main(sys.argv)
