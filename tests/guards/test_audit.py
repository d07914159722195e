"""Nothing changes unseen: every model is in the trail or says why not, and nothing writes past it."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps

from audit.registry import EXEMPT, TRACKED
from fleet.db.base import Base
from tests.guards.house import name_of, sources

MODELS = {model._meta.label: model for model in apps.get_models()}

# What no row of the trail may hold in full, by the name of the column.
SENSITIVE = re.compile(r"password|secret|digest|jti|token|passport_number|licence_number|personal_id|verification_code")

# `QuerySet.update()` and the bulk writers send no signals. file:function → why that is right there.
PAST_THE_TRAIL = {
    "accounts/columns.py:choose": "How somebody looks at lists is not in the trail.",
    "accounts/idempotency.py:keep": "Stored answers are not in the trail.",
    "accounts/keys.py:_touch": "When a key was last used is not in the trail.",
    "accounts/signals.py:note_login": "The last log-in is not in the trail.",
    "audit/runs.py:_idle": "Runs are no part of the trail.",
    "audit/retention.py:note_export": "Seals are no part of the trail; a trigger guards them.",
    "audit/retention.py:remove": "Seals are no part of the trail; a trigger guards them.",
    "customers/letters.py:forget": "Letters and notices are not in the trail; the erasure itself is.",
    "contracts/underway.py:grow": "The clock did it; the contract's own rows tell the story.",
    "audit/signals.py:_write": "This writes the entries of the trail itself.",
    "fleet/db/unit.py:add": "For the entries of the trail and for events; who calls it is named here too.",
    "notifications/outbox.py:publish": "Events are not in the trail.",
    "notifications/mail.py:queue": "Letters are not in the trail.",
    "notifications/delivery.py:claim": "Letters are not in the trail.",
    "notifications/delivery.py:recover": "Letters are not in the trail.",
    "notifications/delivery.py:retry": "Letters are not in the trail.",
    "notifications/delivery.py:_mark": "Letters are not in the trail.",
    "notifications/notices.py:write": "Notices are not in the trail.",
    "notifications/notices.py:see": "Notices are not in the trail.",
    "notifications/webhooks.py:send_again": "Messages to programs are not in the trail.",
    "notifications/webhooks.py:relay": "Messages to programs are not in the trail.",
    "notifications/webhooks.py:_begin": "Messages to programs are not in the trail.",
    "notifications/webhooks.py:_adopt": "Events are not in the trail.",
    "notifications/webhooks.py:_claim": "Messages to programs are not in the trail.",
    "notifications/webhooks.py:_mark": "Messages to programs are not in the trail.",
    "notifications/webhooks.py:_judge": "Since when it fails is not in the trail; that it was switched off is.",
    "notifications/reminders.py:_record": "What was said is not in the trail.",
    "notifications/reminders.py:_digest": "What was said is not in the trail.",
}
_BULK = {"bulk_create", "bulk_update", "abulk_create", "abulk_update", "_raw_delete"}


def test_every_model_is_in_the_trail_or_says_why_not() -> None:
    assert set(MODELS) - set(TRACKED) - set(EXEMPT) == set()


def test_no_rule_is_about_a_model_that_has_gone() -> None:
    assert (set(TRACKED) | set(EXEMPT)) - set(MODELS) == set()


def test_no_model_is_both_in_the_trail_and_exempt() -> None:
    assert set(TRACKED) & set(EXEMPT) == set()


def test_every_exemption_has_a_reason() -> None:
    assert [label for label, reason in EXEMPT.items() if len(reason) < 20 or not reason.endswith(".")] == []


@pytest.mark.parametrize("label", TRACKED)
def test_rules_name_columns_that_are_there(label: str) -> None:
    rules, options = TRACKED[label], MODELS[label]._meta
    assert {*rules.masked, *rules.hidden, *rules.unlogged} <= {field.name for field in options.concrete_fields}
    assert set(rules.many) == {field.name for field in options.many_to_many}


@pytest.mark.parametrize("label", TRACKED)
def test_sensitive_columns_are_masked(label: str) -> None:
    rules = TRACKED[label]
    kept = {field.name for field in rules.kept(MODELS[label]._meta.concrete_fields)}
    assert {name for name in kept - {*rules.masked, *rules.hidden} if SENSITIVE.search(name)} == set()


@pytest.mark.parametrize("label", TRACKED)
def test_what_is_in_the_trail_remembers_what_it_held(label: str) -> None:
    assert issubclass(MODELS[label], Base)


def test_nothing_writes_past_the_trail_without_a_reason() -> None:
    assert set(unseen_writes()) == set(PAST_THE_TRAIL)


def unseen_writes() -> Iterator[str]:
    """Yield file:function of every write without signals; a `.update()` with names only is a queryset's.

    The seed is left out: it loads an empty database by COPY, and one entry says that it ran.
    """
    for path in sources():
        if name_of(path).startswith("fleet/seed/"):
            continue
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and any(_writes_unseen(node) for node in ast.walk(function)):
                yield f"{name_of(path)}:{function.name}"


def _writes_unseen(node: Any) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    name, of = node.func.attr, node.func.value
    may_be_a_queryset = not isinstance(of, ast.Attribute) or of.attr == "objects"
    bare = name == "add" and isinstance(of, ast.Name) and of.id == "unit"
    return (
        bare
        or name in _BULK
        or (name in ("update", "aupdate") and not node.args and bool(node.keywords) and may_be_a_queryset)
    )
