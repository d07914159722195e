"""Before something is deleted, it is said what goes with it, or why it cannot be; in words of people."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import UserFactory
from tests.factories.cars import BranchFactory, CarFactory

pytestmark = pytest.mark.django_db


def asked(kind: str, pk: object) -> str:
    client = Client()
    client.force_login(UserFactory(role="admin"))
    return client.get(reverse(f"admin:{kind}_delete", args=[pk])).content.decode()


def test_what_goes_is_counted_and_ties_between_records_are_not_shown() -> None:
    page = asked("accounts_user", UserFactory(role="agent", first_name="Emina", last_name="Hodžić").pk)

    assert "Delete “Emina Hodžić” for good?" in page
    assert "relationship" not in page


def test_what_has_a_history_says_so_to_whoever_may_delete_everything() -> None:
    page = asked("cars_branch", CarFactory(branch=BranchFactory()).branch.pk)

    assert "This cannot be deleted" in page
    assert "Yes, I’m sure" not in page


def test_the_button_does_not_name_the_kind_of_record() -> None:
    client = Client()
    client.force_login(UserFactory(role="admin", language="bs"))
    page = client.get(reverse("admin:cars_branch_change", args=[BranchFactory().pk])).content.decode()

    assert "Obriši" in page
    assert "Obriši poslovnica" not in " ".join(page.split())


def test_what_is_ticked_is_deleted_by_an_action_that_is_a_sentence() -> None:
    BranchFactory()
    client = Client()
    client.force_login(UserFactory(role="admin", language="bs"))
    page = client.get(reverse("admin:cars_branch_changelist")).content.decode()

    assert "Obriši označeno" in page
    assert "Poslovnice: 1" in page
