"""Services in the background for a developer: `manage.py up`, `manage.py down`."""

import json
import os
import signal
from dataclasses import asdict, dataclass

from fleet.local import services
from fleet.local.process import Child
from fleet.local.state import AlreadyRunning, State, write_private
from fleet.local.strangers import command_line, stop_stranger

_RECORD = "background.json"


@dataclass(frozen=True)
class _Remembered:
    """A server that `up` has left running; its command line tells it from a later owner of the same pid."""

    name: str
    pid: int
    command: str
    stop_signal: int

    @classmethod
    def of(cls, child: Child) -> "_Remembered":
        pid = child.process.pid
        return cls(child.name, pid, command_line(pid), int(child.stop_signal))

    @property
    def alive(self) -> bool:
        return bool(self.command) and command_line(self.pid) == self.command


def up(state: State) -> dict[str, str]:
    """Start the services in the background and return the variables that lead to them."""
    with state.locked():
        refuse_if_running(state)
        state.turn_logs()
        started = services.start(state.folder, os.environ, tied=False)
        record = [asdict(_Remembered.of(child)) for child in started.children]
        write_private(state.folder / _RECORD, json.dumps(record))
        variables = {**started.variables, **state.demo_variables()}
        state.write_env(variables)
        return variables


def down(state: State) -> list[str]:
    """Stop what `up` has started and return the names."""
    if not state.folder.exists():
        return []
    with state.locked():
        running = _running(state)
        for server in reversed(running):
            stop_stranger(server.pid, server.command, signal.Signals(server.stop_signal))
        (state.folder / _RECORD).unlink(missing_ok=True)
        state.env_file.unlink(missing_ok=True)
    return [server.name for server in running]


def refuse_if_running(state: State) -> None:
    running = _running(state)
    if running:
        names = " and ".join(f"{server.name} (process {server.pid})" for server in running)
        raise AlreadyRunning(f"{names} already run from {state.folder}: stop them with `make down` first.")


def _running(state: State) -> list[_Remembered]:
    try:
        record = json.loads((state.folder / _RECORD).read_text())
    except FileNotFoundError:
        return []
    return [server for server in (_Remembered(**entry) for entry in record) if server.alive]
