"""Everybody reads his own language: in the admin the person's, before it the browser's, at the API English."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return UserFactory(role="manager")


@pytest.fixture
def client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def language_of(answer: object) -> str:
    text = answer.content.decode()  # type: ignore[attr-defined]
    return text.partition('<html lang="')[2][:2]


def test_choosing_a_language_is_for_good_and_leads_back(client: Client, person: User) -> None:
    back = reverse("admin:account")
    answer = client.post(reverse("admin:language"), {"language": "bs", "next": back})
    person.refresh_from_db()
    assert (answer.status_code, answer["Location"], person.language) == (302, back, "bs")
    assert language_of(client.get(back)) == "bs"


def test_the_language_is_that_of_the_person_not_of_the_browser(client: Client) -> None:
    answer = client.get(reverse("admin:account"), headers={"accept-language": "bs"})
    assert (language_of(answer), answer["Content-Language"]) == ("en", "en")


def test_a_request_does_not_inherit_the_language_of_the_one_before(client: Client) -> None:
    assert language_of(Client().get("/admin/login/", headers={"accept-language": "bs"})) == "bs"
    assert language_of(client.get(reverse("admin:account"))) == "en"
    assert language_of(Client().get("/admin/login/")) == "en"


def test_what_comes_after_a_request_knows_nothing_of_its_language(client: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(language="bs")
    assert language_of(client.get(reverse("admin:account"))) == "bs"
    assert translation.get_language() == "en"


def test_the_log_in_is_in_the_language_of_the_browser_and_says_so_to_caches() -> None:
    answer = Client().get("/admin/login/", headers={"accept-language": "bs-BA,bs;q=0.9"})
    assert language_of(answer) == "bs"
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}


def test_who_chose_before_the_log_in_finds_the_same_log_in_next_time() -> None:
    stranger = Client()
    stranger.post(reverse("admin:language"), {"language": "bs", "next": "/admin/login/"})
    assert language_of(stranger.get("/admin/login/", headers={"accept-language": "en"})) == "bs"


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", ""])
def test_the_switch_leads_nowhere_else(client: Client, back: str) -> None:
    answer = client.post(reverse("admin:language"), {"language": "bs", "next": back})
    assert answer["Location"] == reverse("admin:index")


@pytest.mark.parametrize("language", ["xx", "", "BS", "en\n"])
def test_a_language_that_nobody_speaks_here_changes_nothing(client: Client, person: User, language: str) -> None:
    answer = client.post(reverse("admin:language"), {"language": language})
    person.refresh_from_db()
    assert (answer.status_code, person.language, answer.cookies.get("fleet_language")) == (302, "en", None)


def test_the_switch_wants_a_form_of_ours() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(reverse("admin:language")).status_code == 405
    assert strict.post(reverse("admin:language"), {"language": "bs"}).status_code == 403


def test_the_api_speaks_english_to_everyone(client: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(language="bs")
    answer = client.get("/api/v1/nothing-here/", headers={"accept-language": "bs"})
    assert answer.json()["detail"] == "There is nothing at this address."
    assert "Content-Language" not in answer
