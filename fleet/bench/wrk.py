"""wrk, where the system has it: a client so cheap that the server is what is measured. It sends GETs only."""

import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from fleet.bench.load import HOST, Measured

UNTOLD: Final = 0  # wrk counts what is no success and does not say which status it was
_SUMMARY: Final = """
done = function(summary, latency, requests)
  io.stderr:write(string.format(
    '{"requests": %d, "seconds": %.6f, "refused": %d, "broken": %d, "p50": %.3f, "p99": %.3f}',
    summary.requests, summary.duration / 1e6, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""

_ANEW: Final = """
local asked = 0
request = function()
  asked = asked + 1
  wrk.headers["X-Asked"] = asked
  return wrk.format()
end
"""


class Failed(Exception):
    """wrk did not say what it has measured."""


def program() -> str | None:
    return shutil.which("wrk")


def hammer(
    port: int,
    path: str,
    token: str = "",
    *,
    coding: str = "",
    connections: int = 16,
    seconds: float = 3.0,
    anew: bool = False,
) -> Measured:
    """Ask for the path over so many connections for so many (whole) seconds. Raises Failed.

    `anew` makes every request another question than all before it.
    """
    with TemporaryDirectory(prefix="fleet-wrk-") as folder:
        script = Path(folder) / "summary.lua"
        script.write_text(_SUMMARY + (_ANEW if anew else ""))
        heads = ["-H", f"Authorization: Bearer {token}"] if token else []
        heads += ["-H", f"Accept-Encoding: {coding}"] if coding else []
        command = [
            program() or "wrk",
            *("-t1", f"-c{connections}", f"-d{max(round(seconds), 1)}s", "-s", str(script)),
            *heads,
            f"http://{HOST}:{port}{path}",
        ]
        ran = subprocess.run(  # noqa: S603 - our own words
            command, capture_output=True, text=True, timeout=seconds + 30, check=False
        )
    try:
        told = json.loads(ran.stderr)
    except ValueError as error:
        raise Failed(f"wrk: {ran.stderr.strip() or ran.stdout.strip()}") from error
    failed = told["refused"] + told["broken"]
    statuses = {200: told["requests"] - told["refused"], UNTOLD: failed}
    return Measured(
        told["requests"],
        told["requests"] / told["seconds"],
        told["p50"],
        told["p99"],
        {status: count for status, count in statuses.items() if count},
        client="wrk",
    )
