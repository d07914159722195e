"""`python -m fleet.local.run -- COMMAND`: run a command beside throwaway services."""

import os
import signal
import subprocess
import sys

from fleet.local import throwaway
from fleet.local.process import CannotStart


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        sys.stderr.write("usage: python -m fleet.local.run -- COMMAND [ARGUMENT ...]\n")
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with throwaway.running(os.environ) as variables:
            return subprocess.run(command, env={**os.environ, **variables}, check=False).returncode
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
