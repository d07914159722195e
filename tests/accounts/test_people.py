"""People: roles by name, nobody raises himself, one administrator remains."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections
from django.db.models import ProtectedError
from django.utils import timezone

from accounts import people, signin, tokens
from accounts.errors import LastAdmin, OwnAccount, TokenRefused
from accounts.models import User
from cars.models import Branch
from fleet.actor import acting_as
from fleet.errors import Invalid
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def boss() -> User:
    return UserFactory(role="admin")


def test_a_new_user_has_his_roles_and_his_creator(boss: User) -> None:
    user = people.add("amra", roles=["agent", "mechanic"], password="correct horse battery", by=boss)

    assert (user.role_names, user.is_staff, user.created_by) == (["agent", "mechanic"], True, boss)
    assert user.check_password("correct horse battery")


def test_a_program_does_not_log_into_the_admin(boss: User) -> None:
    assert not people.add("shop", roles=["integrator"], by=boss).is_staff


def test_without_a_password_nobody_can_log_in(boss: User) -> None:
    assert not people.add("amra", by=boss).has_usable_password()


@pytest.mark.parametrize("password", ["short", "123456789012", "password1234", "demo-fleet-2026", "amra-amra-amra"])
def test_a_weak_password_is_refused_with_reasons(boss: User, password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        people.add("amra-amra-amra", password=password, by=boss)

    assert (refusal.value.code, set(refusal.value.fields)) == ("password_weak", {"password"})


def test_an_unknown_role_is_refused(boss: User) -> None:
    with pytest.raises(Invalid, match="no role 'king'"):
        people.add("amra", roles=["king"], by=boss)


@pytest.mark.parametrize("username", ["", "a b", "<script>", "x" * 151])
def test_a_user_name_has_its_rules(boss: User, username: str) -> None:
    with pytest.raises(ValidationError):
        people.add(username, by=boss)


@pytest.mark.parametrize("fields", [{"username": "AMRA"}, {"username": "x", "email": "Amra@Fleet.test"}])
def test_names_and_addresses_are_taken_whatever_their_case(boss: User, fields: dict[str, str]) -> None:
    UserFactory(username="amra", email="amra@fleet.test")

    with pytest.raises(IntegrityError):
        people.add(**fields, by=boss)


def test_roles_are_replaced_and_work_at_once(boss: User) -> None:
    user = UserFactory(role="agent")

    changed = people.change(user.pk, roles=["integrator"], first_name="Iva", by=boss)

    assert (changed.role_names, changed.is_staff, changed.first_name) == (["integrator"], False, "Iva")


def test_nobody_changes_his_own_roles(boss: User) -> None:
    UserFactory(role="admin")

    with pytest.raises(OwnAccount):
        people.change(boss.pk, roles=["admin", "accountant"], by=boss)


def test_sending_ones_own_roles_unchanged_is_no_change(boss: User) -> None:
    assert people.change(boss.pk, roles=["admin"], phone="+38733123456", by=boss).phone == "+38733123456"


def test_the_last_administrator_stays(boss: User) -> None:
    manager = UserFactory(role="manager")

    for refused in (
        lambda: people.change(boss.pk, roles=["viewer"], by=manager),
        lambda: people.deactivate(boss.pk, by=manager, now=NOW),
        lambda: people.remove(boss.pk, by=manager),
    ):
        with pytest.raises(LastAdmin):
            refused()


def test_an_inactive_administrator_does_not_count(boss: User) -> None:
    UserFactory(role="admin", is_active=False)

    with pytest.raises(LastAdmin):
        people.deactivate(boss.pk, by=UserFactory(), now=NOW)


def test_nobody_switches_himself_off(boss: User) -> None:
    UserFactory(role="admin")

    with pytest.raises(OwnAccount):
        people.deactivate(boss.pk, by=boss, now=NOW)
    with pytest.raises(OwnAccount):
        people.remove(boss.pk, by=boss)


def test_a_closed_account_has_no_log_ins_and_opens_again(boss: User) -> None:
    user = UserFactory(role="agent")
    pair = tokens.open_session(user, now=NOW)

    people.deactivate(user.pk, by=boss, now=NOW)

    with pytest.raises(TokenRefused):
        tokens.verify(pair.access, now=NOW)
    assert people.activate(user.pk, by=boss).is_active


def test_a_user_with_history_is_not_deleted(boss: User) -> None:
    user = UserFactory(role="manager")
    with acting_as(user):
        Branch.objects.create(code="sa", name="Sarajevo")

    with pytest.raises(ProtectedError):
        people.remove(user.pk, by=boss)


def test_a_user_who_did_nothing_may_be_deleted(boss: User) -> None:
    user = UserFactory(role="agent")

    people.remove(user.pk, by=boss)

    assert not User.objects.filter(pk=user.pk).exists()


def test_ones_own_password_needs_the_old_one() -> None:
    user = UserFactory()

    with pytest.raises(Invalid) as refusal:
        signin.confirm_password(user, "wrong", now=NOW, address=None)

    assert refusal.value.code == "password_wrong"
    signin.confirm_password(user, PASSWORD, now=NOW, address=None)
    people.set_password(user, "another good one", by=user, now=NOW)
    assert User.objects.get(pk=user.pk).check_password("another good one")


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other_at_once() -> None:
    first, second = UserFactory(role="admin"), UserFactory(role="admin")

    def deactivate(pair: tuple[User, User]) -> str:
        try:
            people.deactivate(pair[0].pk, by=pair[1], now=NOW)
        except LastAdmin:
            return "last_admin"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(deactivate, [(first, second), (second, first)]))

    assert outcomes == ["done", "last_admin"]
