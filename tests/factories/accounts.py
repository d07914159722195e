"""Users, keys and clients that are logged in."""

from typing import Any

import factory
from django.contrib.auth.models import Group
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import keys, tokens
from accounts.models import User
from accounts.roles import STAFF_ROLES

PASSWORD = "correct horse battery"


class UserFactory(factory.django.DjangoModelFactory):
    """A user with PASSWORD and no role; `UserFactory(role="agent")` gives one."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"user{number}")
    first_name = "Amra"
    last_name = "Hadžić"
    email = factory.LazyAttribute(lambda user: f"{user.username}@fleet.test")
    password = factory.django.Password(PASSWORD)

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, role: str = "", **kwargs: Any) -> User:
        user = model_class(**{"is_staff": role in STAFF_ROLES, **kwargs})
        user.save()
        if role:
            user.groups.add(Group.objects.get(name=role))
        return user


class ApiKeyFactory:
    """Not a row factory: a key is only useful with its plain text."""

    @staticmethod
    def issued(
        user: User | None = None, *, role: str = "integrator", name: str = "Booking site", **fields: Any
    ) -> keys.Issued:
        return keys.issue(name, user=user or UserFactory(role=role), by=None, **fields)


def client_of(user: User) -> APIClient:
    """Return an API client that holds a real access token of the user."""
    client = APIClient()
    pair = tokens.open_session(user, now=timezone.now())
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    return client


def client_as(role: str) -> APIClient:
    """Return an API client of a new user in this role; `client.user` is the user."""
    user = UserFactory(role=role)
    client = client_of(user)
    client.user = user
    return client


def client_with(plain: str) -> APIClient:
    """Return an API client that holds an API key."""
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=plain)
    return client
