"""Every operation of the OpenAPI document, asked as every role with what Schemathesis makes up from the document.

No answer is a 5xx, and every status, media type and body is one that the document names. What is made up is the same
in every run; what it does to the rows is undone. Half of it keeps to the document, half of it breaks it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

import pytest
import schemathesis
from django.apps import apps
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts import tokens
from accounts.roles import ROLES
from audit.registry import TRACKED
from fleet.wsgi import application
from tests.factories.accounts import UserFactory
from tests.guards.house import NOBODY, endpoints
from tests.guards.world import one_of

ANONYMOUS: Final = "anonymous"
ADMIN: Final = "admin"
EXAMPLES: Final = 3
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
POOL: Final[list[str]] = [NOBODY]  # ids that are in the world
document: Final = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
OPERATIONS: Final = {one.ok().label: one.ok() for one in document.get_all_operations()}

schemathesis.openapi.format("uuid", st.integers(0, 10_000).map(lambda number: POOL[number % len(POOL)]))


@pytest.fixture(scope="module")
def known(_planted: None, django_db_blocker: Any) -> dict[str, str]:
    """Return the id of a row for every resource, and let made-up ids be ids of rows."""
    with django_db_blocker.unblock():
        rows = [one_of(apps.get_model(label)) for label in sorted(TRACKED)]
        POOL[:] = [NOBODY, *(str(row.pk) for row in rows if row is not None and isinstance(row.pk, UUID))]
        return {
            endpoint.path("{id}"): str(row.pk)
            for endpoint in endpoints()
            if (queryset := getattr(endpoint.view, "queryset", None)) is not None
            and (row := one_of(queryset.model)) is not None
        }


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Keep the connection of the test's transaction, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def people(_planted: None, django_db_blocker: Any) -> dict[str, dict[str, str]]:
    """Return the headers of somebody in every role, and of a stranger."""
    with django_db_blocker.unblock():
        sessions = {role: tokens.open_session(UserFactory(role=role), now=timezone.now()) for role in ROLES}
    return {ANONYMOUS: {}, **{role: {"Authorization": f"Bearer {one.access}"} for role, one in sessions.items()}}


def kept_and_broken(operation: Any) -> st.SearchStrategy[Any]:
    return st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_an_operation_answers_as_the_document_says(
    label: str, known: dict[str, str], people: dict[str, dict[str, str]], planted: None
) -> None:
    asked: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=kept_and_broken(OPERATIONS[label]))
    def ask(case: Any) -> None:
        _aim(case, known)
        for who in people if not asked else (ADMIN,):  # everyone once, then who gets furthest
            asked[who] += 1
            with _undone():
                answer = case.call(headers={**people[who], "Accept-Encoding": "identity"}, buffered=True)
            case.validate_response(answer, checks=CHECKS)

    ask()
    assert asked == dict.fromkeys(people, 1) | {ADMIN: EXAMPLES}


@contextmanager
def _undone() -> Iterator[None]:
    block: Any = transaction.atomic()
    block._from_testcase = True  # a verb may still insist on a transaction of its own
    with block:
        yield
        transaction.set_rollback(True)


def _aim(case: Any, known: dict[str, str]) -> None:
    """Let most requests be about a row that is there, in the version that it has."""
    if "id" in (case.path_parameters or {}):
        resource = re.match(r"/api/v1/[\w-]+/\{id\}/", case.path)
        found = known.get(resource[0]) if resource else None
        if found:
            case.path_parameters["id"] = found
    if "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = "*"
