"""Every question that people ask the trail is answered by an index that carries the order of the list."""

import json
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.db.models import QuerySet

from audit import history
from tests.factories.accounts import UserFactory
from tests.factories.cars import BranchFactory

pytestmark = pytest.mark.django_db


def questions() -> dict[str, QuerySet[LogEntry]]:
    branch, user = BranchFactory(), UserFactory()
    everything = history.everything()
    return {
        "audit_entry_by_time": everything,
        "audit_entry_by_actor": everything.filter(actor=user),
        "audit_entry_by_model": everything.filter(content_type_id=history.entries(branch)[0].content_type_id),
        "audit_entry_by_object": everything.filter(object_pk=str(branch.pk)),
        "audit_entry_by_action": everything.filter(action=LogEntry.Action.DELETE),
        "audit_entry_by_what": history.accesses(everything, "login"),
        "audit_entry_by_door": history.through(everything, "admin"),
        "audit_entry_by_address": everything.filter(remote_addr="10.1.2.3"),
    }


NAMES = [
    "audit_entry_by_time", "audit_entry_by_actor", "audit_entry_by_model", "audit_entry_by_object",
    "audit_entry_by_action", "audit_entry_by_what", "audit_entry_by_door", "audit_entry_by_address",
]  # fmt: skip


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]


@pytest.mark.parametrize("name", NAMES)
def test_the_list_is_read_from_its_index(name: str) -> None:
    rows = questions()[name]
    with connection.cursor() as cursor:
        # Other answers are made dear, as they are with millions of rows.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_incremental_sort = off")
    found = nodes(json.loads(rows[:51].explain(format="json"))[0]["Plan"])
    assert name in {node.get("Index Name") for node in found}
    assert not {"Sort", "Incremental Sort"} & {node["Node Type"] for node in found}


def test_columns_that_nobody_asks_have_no_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'auditlog_logentry'")
        there = {name for (name,) in cursor}
    assert there == {"auditlog_logentry_pkey", "auditlog_logentry_cid_9f467263", *NAMES}
