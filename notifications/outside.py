"""POST to an address of a stranger: not into our own network, no redirects, ten seconds in all."""

import http.client
import socket
import ssl
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext

PATIENCE: Final = 10.0
# The only addresses of IPv6 that are handed out (IANA); Python counts ones that ended with site-local networks, too.
_HANDED_OUT: Final = ip_network("2000::/3")
# Global to Python, but they lead to other addresses (6to4 and its relays), are for books, or are Azure's own inside.
_ODD: Final = tuple(map(ip_network, ("2002::/16", "192.88.99.0/24", "3fff::/20", "168.63.129.16/32")))


class Refused(Exception):
    """We do not go there; the text says why."""


@dataclass(frozen=True)
class Answer:
    status: int | None
    milliseconds: int
    error: str = ""

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def objection(url: str) -> str:
    """Return what is wrong with an address, as far as one sees without asking the network; "" when nothing is."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return gettext("This is no address.")
    if not url.isascii() or any(letter <= " " for letter in url) or not parts.hostname:
        return gettext("This is no address.")
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOKS_TO_PRIVATE):
        return "The address begins with https://."
    if parts.username is not None or parts.fragment:
        return gettext("The address has no user name, password or fragment.")
    try:
        literal = ip_address(parts.hostname)
    except ValueError:
        return ""
    return "" if is_open(literal) else gettext("The address is not on the public internet.")


def is_open(address: IPv4Address | IPv6Address) -> bool:
    """Say whether we may connect there: to the public internet only, unless the installation allows more."""
    if settings.WEBHOOKS_TO_PRIVATE:
        return True
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_open(address.ipv4_mapped)
        if address not in _HANDED_OUT:
            return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _ODD)


def post(url: str, body: bytes, headers: dict[str, str], *, patience: float = PATIENCE) -> Answer:
    """Send the body once. Never raises: what goes wrong is in the answer."""
    began = time.monotonic()
    try:
        status = _post(urlsplit(url), body, headers, deadline=began + patience)
        return Answer(status, _since(began))
    except Refused as reason:
        return Answer(None, _since(began), str(reason))
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = time.monotonic() - began >= patience
        return Answer(None, _since(began), f"no answer in {patience:g} s" if late else type(error).__name__)


def _post(parts: SplitResult, body: bytes, headers: dict[str, str], *, deadline: float) -> int:
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    connected = _connect(host, port, deadline)
    # A timeout of sockets begins anew with every byte; this one does not. TLS takes the socket over, so the alarm
    # has a handle of its own to the same connection.
    handle = connected.dup()
    alarm = Timer(max(0.01, deadline - time.monotonic()), _hang_up, [handle])
    alarm.daemon = True
    alarm.start()
    try:
        if parts.scheme == "https":
            connected = ssl.create_default_context().wrap_socket(connected, server_hostname=host)
        line = http.client.HTTPConnection(host, port)
        line.sock = connected  # so it does not look the name up again, and perhaps find another address
        line.request("POST", f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body, headers)
        return line.getresponse().status
    finally:
        alarm.cancel()
        handle.close()
        connected.close()


def _connect(host: str, port: int, deadline: float) -> socket.socket:
    """Connect to the address that was checked. Raises Refused when any address of the name is not open."""
    found = {entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    addresses = sorted((ip_address(str(one)) for one in found), key=lambda address: address.version)
    if not all(is_open(address) for address in addresses):
        raise Refused("the address is not on the public internet")
    return socket.create_connection((str(addresses[0]), port), timeout=max(0.01, deadline - time.monotonic()))


def _hang_up(connected: socket.socket) -> None:
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is over already


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
