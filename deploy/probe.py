"""Container health: exit 0 when /readyz of the web process in this container answers 200."""

import http.client
import os
import sys


def main() -> int:
    port = int(os.environ.get("FLEET_BIND", "0.0.0.0:8000").rpartition(":")[2])
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        line.request("GET", "/readyz")
        return 0 if line.getresponse().status == http.client.OK else 1
    except OSError:
        return 1
    finally:
        line.close()


if __name__ == "__main__":
    sys.exit(main())
