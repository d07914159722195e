"""Nothing in the admin leads to a closed door: what a role sees as a link it may follow."""

import re
from collections import deque
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from accounts.roles import STAFF_ROLES
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.usefixtures("planted")

LINK = re.compile(r'href="([^"#]+)')
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
NOT_FOLLOWED = re.compile(r"/admin/(logout|notices/stream|jsi18n|.*export)|/file/|/preview/")
MOST = 120  # addresses of different shapes


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_no_link_leads_to_a_page_that_is_closed_or_missing(role: str) -> None:
    client, closed = Client(), {}
    client.force_login(UserFactory(role=role))
    waiting, known = deque([("/admin/", "")]), {"/admin/"}
    while waiting:
        address, found_on = waiting.popleft()
        answer = client.get(address)
        if answer.status_code in (403, 404):
            closed[address] = found_on
        for link in links(answer, address):
            if shape(link) not in known and len(known) < MOST:
                known.add(shape(link))
                waiting.append((link, address))
    assert closed == {}
    assert len(known) > 20


def links(answer: Any, address: str) -> list[str]:
    content = answer.getvalue()  # read to its end, a file is closed
    found = (urljoin(address, unescape(link)) for link in LINK.findall(content.decode(errors="replace")))
    return [link for link in found if link.startswith("/admin/") and not NOT_FOLLOWED.search(link)]


def shape(link: str) -> str:
    """Return what pages of the same kind have in common."""
    parts = urlsplit(link)
    names = sorted(pair.split("=")[0] for pair in parts.query.split("&"))
    return ID.sub("…", parts.path) + "?" + "&".join(names)
