"""The second factor: at the admin's two pages and at the API, obligatory by role, reset by an administrator."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from auditlog.models import LogEntry
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import factors, tokens
from accounts.errors import CodeRefused, TokenRefused
from accounts.models import BrowserSession, User
from tests.factories.accounts import PASSWORD, UserFactory, client_of

pytestmark = pytest.mark.django_db
TOKEN = "/api/v1/auth/token/"
NEW = "another horse staple"


def shown_by(device: TOTPDevice, *, ago: int = 0) -> str:
    """Return what the app shows now, or showed so many half minutes ago."""
    return f"{TOTP(device.bin_key, drift=-ago).token():06d}"


def with_factor(**fields: Any) -> tuple[User, TOTPDevice, list[str]]:
    user = UserFactory(**{"role": "agent", **fields})
    device = factors.begin(user, now=timezone.now())
    codes = factors.confirm(user, shown_by(device, ago=1), by=user)  # so that the code of now is still unused
    device.refresh_from_db()
    return user, device, codes


def ask_for_token(user: User, **more: str) -> Any:
    return APIClient().post(TOKEN, {"username": user.username, "password": PASSWORD, **more})


def half_way(user: User) -> Client:
    client = Client()
    answer = client.post(
        reverse("admin:login") + "?next=/admin/cars/car/", {"username": user.username, "password": PASSWORD}
    )
    assert answer["Location"] == reverse("admin:login_code")
    return client


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200


def test_the_admin_asks_for_the_code_after_the_password() -> None:
    user, device, _ = with_factor()
    client = half_way(user)
    page = client.get(reverse("admin:login_code")).content.decode()

    assert 'autocomplete="one-time-code"' in page
    assert not is_in(client)
    answer = client.post(reverse("admin:login_code"), {"code": shown_by(device)})

    assert (answer.status_code, answer["Location"], is_in(client)) == (302, "/admin/cars/car/", True)


def test_a_key_that_was_known_before_opens_nothing_after() -> None:
    user, device, _ = with_factor()
    client, cookie = Client(), settings.SESSION_COOKIE_NAME
    client.cookies[cookie] = "planted0by0somebody0else00000000"
    steps = (
        ("login", {"username": user.username, "password": PASSWORD}),
        ("login_code", {"code": shown_by(device)}),
        ("account_password", {"password": PASSWORD, "new_password": NEW, "again": NEW}),
        ("account_factor", {"password": NEW, "code": ""}),
    )
    seen = [client.cookies[cookie].value]
    for name, fields in steps:
        if name == "account_factor":
            fields["code"] = shown_by(factors.begin(user, now=timezone.now()))
        client.post(reverse(f"admin:{name}"), fields)
        seen.append(client.cookies[cookie].value)

    assert (len(set(seen)), is_in(client)) == (5, True)
    assert [row.session_key for row in BrowserSession.objects.filter(user=user)] == seen[-1:]


def test_a_code_works_once() -> None:
    user, device, _ = with_factor()
    code = shown_by(device)
    assert half_way(user).post(reverse("admin:login_code"), {"code": code}).status_code == 302

    again = half_way(user).post(reverse("admin:login_code"), {"code": code})

    assert "was used before" in again.content.decode()


def test_wrong_codes_count_as_wrong_log_ins() -> None:
    user, device, _ = with_factor()
    client = half_way(user)
    for _ in range(5):
        client.post(reverse("admin:login_code"), {"code": "000000"})

    page = client.post(reverse("admin:login_code"), {"code": shown_by(device)})

    assert "Too many wrong log-ins" in page.content.decode()
    assert ask_for_token(user, otp=shown_by(device)).status_code == 429


def test_the_right_password_alone_does_not_forget_wrong_codes() -> None:
    user, _, _ = with_factor()
    answers = [
        ask_for_token(user, otp=otp).status_code for otp in ("000000", "", "000000", "", "0", "000000", "1", "2")
    ]

    assert answers[-1] == 429


def test_the_second_step_is_nothing_without_the_first_and_not_for_long() -> None:
    user, device, _ = with_factor()
    code = reverse("admin:login_code")
    stranger = Client().post(code, {"code": shown_by(device)})
    client = half_way(user)

    with time_machine.travel(timezone.now() + timedelta(seconds=301)):
        late = client.post(code, {"code": shown_by(device)})

    assert [one["Location"] for one in (stranger, late)] == [reverse("admin:login")] * 2
    assert not is_in(client)


def test_a_password_changed_meanwhile_ends_the_log_in_half_way() -> None:
    user, device, _ = with_factor()
    client = half_way(user)
    user.set_password("another good one")
    user.save()

    assert client.post(reverse("admin:login_code"), {"code": shown_by(device)})["Location"] == reverse("admin:login")


def test_a_recovery_code_opens_once_and_is_not_stored() -> None:
    user, _, codes = with_factor()
    assert len(codes) == factors.CODES

    assert ask_for_token(user, otp=codes[0].upper()).status_code == 200
    assert ask_for_token(user, otp=codes[0]).json()["code"] == "otp_wrong"
    assert not set(StaticToken.objects.values_list("token", flat=True)) & {code.replace("-", "") for code in codes}


def test_whoever_comes_in_by_a_recovery_code_is_told_how_many_are_left() -> None:
    user, _, codes = with_factor()
    client = half_way(user)

    client.post(reverse("admin:login_code"), {"code": codes[0]})

    assert "9 recovery codes are left" in client.get(reverse("admin:account")).content.decode()


def test_a_page_that_was_asked_for_without_a_log_in_says_why_it_is_not_shown() -> None:
    page = reverse("admin:cars_car_changelist")
    asked, plain = (Client().get(reverse("admin:login") + tail) for tail in (f"?next={page}", ""))

    assert "Your log-in has ended" in asked.content.decode()
    assert "Your log-in has ended" not in plain.content.decode()


def test_the_api_asks_for_the_code_only_after_the_right_password() -> None:
    user, device, _ = with_factor()

    missing = ask_for_token(user)
    wrong_password = APIClient().post(TOKEN, {"username": user.username, "password": "x", "otp": shown_by(device)})

    assert (missing.status_code, missing.json()["code"]) == (401, "otp_required")
    assert wrong_password.json()["code"] == "login_refused"
    assert ask_for_token(user, otp=shown_by(device)).status_code == 200


@pytest.mark.parametrize("code", ["12345", "1234567", "١٢٣٤٥٦", "abc", " ", "💥", "0" * 20])
def test_what_is_no_code_is_refused(code: str) -> None:
    user, _, _ = with_factor()

    assert factors.accepted(user, code) is None


def test_setting_up_shows_a_picture_and_the_codes_once() -> None:
    user = UserFactory(role="agent")
    client, page = logged_in(user), reverse("admin:account_factor")
    shown = client.get(page).content.decode()
    waiting = factors.begin(user, now=timezone.now())

    wrong = client.post(page, {"password": PASSWORD, "code": "000000"}).content.decode()
    done = client.post(page, {"password": PASSWORD, "code": shown_by(waiting)}).content.decode()

    assert 'src="data:image/svg+xml' in shown
    assert " style=" not in shown.partition("fleet-factor")[2].partition("</form>")[0]
    assert "The code is wrong" in wrong
    assert "recovery" not in wrong
    assert 'download="fleet-recovery-codes.txt"' in done
    assert len(re.findall(r"<code>[a-z2-7]{4}-[a-z2-7]{4}</code>", done)) == factors.CODES
    assert is_in(client)


def test_setting_up_needs_the_password() -> None:
    user = UserFactory(role="agent")
    waiting = factors.begin(user, now=timezone.now())

    page = logged_in(user).post(reverse("admin:account_factor"), {"password": "x", "code": shown_by(waiting)})

    assert "not your password" in page.content.decode()
    assert factors.factor_of(user) is None


def test_a_secret_that_was_seen_long_ago_becomes_nobodys_factor() -> None:
    user = UserFactory(role="agent")
    seen = factors.begin(user, now=timezone.now())
    later = timezone.now() + factors.FRESH

    assert factors.begin(user, now=later - timedelta(minutes=1)).key == seen.key
    assert factors.begin(user, now=later).key != seen.key
    assert TOTPDevice.objects.filter(user=user).count() == 1


def test_the_factor_in_use_stays_until_the_new_one_has_shown_its_code() -> None:
    user, old, _ = with_factor()
    new = factors.begin(user, now=timezone.now())

    with pytest.raises(CodeRefused):
        factors.confirm(user, "000000", by=user)
    assert factors.factor_of(user) == old
    factors.confirm(user, shown_by(new), by=user)

    assert factors.factor_of(user) == new


def test_a_role_may_demand_the_factor(settings: Settings) -> None:
    settings.FLEET_SECOND_FACTOR_ROLES = ["agent"]
    user = UserFactory(role="agent")
    client = logged_in(user)

    assert client.get(reverse("admin:cars_car_changelist"))["Location"] == reverse("admin:account_factor")
    assert client.get(reverse("admin:account_factor")).status_code == 200
    assert (ask_for_token(user).status_code, ask_for_token(user).json()["code"]) == (403, "otp_setup_required")
    assert is_in(logged_in(UserFactory(role="mechanic")))


def test_log_ins_from_before_the_role_demanded_it_end(settings: Settings) -> None:
    user, _, _ = with_factor()
    client, token = logged_in(user), tokens.open_session(user, now=timezone.now()).access
    settings.FLEET_SECOND_FACTOR_ROLES = ["agent"]

    assert client.get(reverse("admin:index"))["Location"] == reverse("admin:login")
    with pytest.raises(TokenRefused):
        tokens.verify(token, now=timezone.now())


def test_whoever_must_have_it_cannot_switch_it_off(settings: Settings) -> None:
    user, _, _ = with_factor()
    client = logged_in(user)
    off = reverse("admin:account_off")
    settings.FLEET_SECOND_FACTOR_ROLES = ["agent"]
    session = client.session
    session["otp_device_id"] = "x"
    session.save()

    assert "not switched off" in client.post(off, {"password": PASSWORD}).content.decode()
    settings.FLEET_SECOND_FACTOR_ROLES = []
    assert client.post(off, {"password": PASSWORD}).status_code == 302
    assert factors.factor_of(user) is None


def test_an_administrator_forgets_a_lost_factor_and_it_is_on_record() -> None:
    user, _, _ = with_factor()
    boss = UserFactory(role="admin")

    answer = logged_in(boss).post(reverse("admin:accounts_user_reset_factor", args=[user.pk]))

    entry = LogEntry.objects.filter(additional_data__what="second_factor_reset").get()
    assert (answer.status_code, factors.factor_of(user), factors.codes_left(user)) == (302, None, 0)
    assert (entry.actor, entry.object_pk) == (boss, str(user.pk))


def test_no_secret_of_a_factor_is_in_the_trail() -> None:
    _, device, codes = with_factor()
    written = " ".join(f"{one.changes} {one.additional_data} {one.object_repr}" for one in LogEntry.objects.all())

    assert device.key not in written
    assert not [code for code in codes if code in written]


def test_my_account_lists_the_log_ins_and_ends_them_everywhere_else() -> None:
    user = UserFactory(role="agent")
    here, there, program = Client(), Client(), client_of(user)
    for client, name in ((here, "Mozilla/5.0 (Windows) Firefox/145.0"), (there, "(X11) Chrome/142.0")):
        client.post(reverse("admin:login"), {"username": user.username, "password": PASSWORD}, HTTP_USER_AGENT=name)
    page = here.get(reverse("admin:account")).content.decode()

    here.post(reverse("admin:account_end_all"))

    assert ("Firefox on Windows" in page, "Chrome on Linux" in page, "this one" in page) == (True, True, True)
    assert (is_in(here), is_in(there), program.get("/api/v1/auth/me/").status_code) == (True, False, 401)


def test_one_log_in_is_ended_by_its_button_and_nobody_elses() -> None:
    user, other = UserFactory(role="agent"), UserFactory(role="agent")
    here, there = logged_in(user), logged_in(user)
    found = client_of(user).get("/api/v1/auth/sessions/").json()["data"]
    target = next(one for one in found if one["kind"] == "browser")

    logged_in(other).post(reverse("admin:account_end", args=[target["id"]]))
    assert BrowserSession.objects.filter(user=user).count() == 2
    for client in (here, there):
        client.post(reverse("admin:account_end", args=[target["id"]]))

    assert BrowserSession.objects.filter(user=user).count() == 1


def test_the_api_lists_and_ends_log_ins() -> None:
    user = UserFactory(role="agent")
    browser, here, there = logged_in(user), client_of(user), client_of(user)
    found = here.get("/api/v1/auth/sessions/").json()["data"]
    key = BrowserSession.objects.get(user=user).session_key

    assert sorted((one["kind"], one["current"]) for one in found) == [
        ("browser", False),
        ("token", False),
        ("token", True),
    ]
    assert key not in str(found)
    assert here.post("/api/v1/auth/sessions/end/").json() == {"ended": 2}
    assert (is_in(browser), there.get("/api/v1/auth/me/").status_code) == (False, 401)
    me = here.get("/api/v1/auth/sessions/").json()["data"][0]["id"]
    assert here.delete(f"/api/v1/auth/sessions/{me}/").status_code == 204
    assert here.get("/api/v1/auth/me/").status_code == 401


def test_changing_ones_password_keeps_only_the_browser_it_was_changed_in() -> None:
    user = UserFactory(role="agent")
    here, there, program = logged_in(user), logged_in(user), client_of(user)
    new = {"new_password": "another good one", "again": "another good one"}

    wrong = here.post(reverse("admin:account_password"), {"password": "x", **new}).content.decode()
    weak = here.post(
        reverse("admin:account_password"), {"password": PASSWORD, "new_password": "short", "again": "short"}
    )
    right = here.post(reverse("admin:account_password"), {"password": PASSWORD, **new})

    assert "not your password" in wrong
    assert "at least 12 characters" in weak.content.decode()
    assert (right.status_code, is_in(here), is_in(there)) == (302, True, False)
    assert program.get("/api/v1/auth/me/").status_code == 401
    assert BrowserSession.objects.filter(user=user).count() == 1


def test_a_locked_account_is_opened_by_an_administrator() -> None:
    user, boss = UserFactory(role="agent"), UserFactory(role="admin")
    for _ in range(5):
        APIClient().post(TOKEN, {"username": user.username, "password": "x"}, REMOTE_ADDR="10.9.9.9")
    assert ask_for_token(user).status_code == 429

    logged_in(boss).post(reverse("admin:accounts_user_unlock", args=[user.pk]))

    assert ask_for_token(user).status_code == 200
