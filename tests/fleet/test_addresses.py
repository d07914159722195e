"""An address that was looked up before leads to the same view with its own ids."""

from uuid import UUID

import pytest
from django.urls import Resolver404, get_resolver

from fleet.addresses import resolve

ONE, OTHER = "0a0e9f6c-1f0b-7c11-9d3a-5f4f6d1f2a01", "0a0e9f6c-1f0b-7c11-9d3a-5f4f6d1f2a02"
PLACES = [
    "/api/v1/contracts/",
    "/api/v1/contracts/{}/check-out/",
    "/api/v1/contracts/{}/payments/",
    "/admin/contracts/contract/{}/change/",
    "/admin/login/",
]


@pytest.mark.parametrize("place", PLACES)
def test_every_address_leads_where_django_finds_it(place: str) -> None:
    for pk in (ONE, OTHER, ONE):
        found, fresh = resolve(place.format(pk)), get_resolver().resolve(place.format(pk))

        assert (found.func, found.args, found.kwargs) == (fresh.func, fresh.args, fresh.kwargs)
        assert (found.view_name, found.route) == (fresh.view_name, fresh.route)


def test_an_id_keeps_its_kind() -> None:
    assert resolve(f"/api/v1/contracts/{ONE}/payments/").kwargs == {"id": UUID(ONE)}
    assert resolve(f"/api/v1/contracts/{ONE}/").kwargs == {"pk": ONE}


def test_what_a_view_does_to_its_arguments_concerns_one_request() -> None:
    resolve(f"/api/v1/contracts/{ONE}/").kwargs["pk"] = "changed"

    assert resolve(f"/api/v1/contracts/{ONE}/").kwargs == {"pk": ONE}


@pytest.mark.parametrize("path", ["/api/v1/nothing/", f"/api/v1/contracts/{ONE}/nothing/", f"/{ONE}/{OTHER}/"])
def test_what_is_not_there_is_not_there_twice(path: str) -> None:
    for _ in range(2):
        with pytest.raises(Resolver404):
            resolve(path)
