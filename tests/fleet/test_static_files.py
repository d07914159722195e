"""In production static files are named by their digest, never change, lie there compressed, may come from a CDN."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from tests.fleet.test_settings import manage

CDN = "https://cdn.example.net/static/"


@pytest.fixture
def collected(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Collect our own files as the image does; those of packages differ only in number."""
    settings.STATIC_ROOT = str(tmp_path)
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    backend = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**current.STORAGES, "staticfiles": backend}
    call_command("collectstatic", "--no-input", verbosity=0)
    return tmp_path


def fetched(name: str, accepted: str) -> Any:
    address = staticfiles_storage.url(name)
    assert re.search(r"\.[0-9a-f]{12}\.css$", address)
    return Client().get(address, headers={"Accept-Encoding": accepted})


@pytest.mark.django_db(transaction=True)  # the end of a request closes what it had of the database
@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_file_with_its_digest_is_kept_for_ever_and_lies_there_compressed(collected: Path, encoding: str) -> None:
    whole, small = fetched("fleet/app.css", "identity"), fetched("fleet/app.css", f"{encoding}, *;q=0.1")
    for answer in (whole, small):
        answer.close()
        assert "immutable" in answer["Cache-Control"]
        assert int(re.findall(r"max-age=(\d+)", answer["Cache-Control"])[0]) > 300 * 24 * 3600
    assert small["Content-Encoding"] == encoding
    assert int(small["Content-Length"]) < 0.5 * int(whole["Content-Length"])


def test_every_file_that_a_style_names_has_its_digest_too(collected: Path) -> None:
    styles = [path for path in collected.rglob("*.css") if re.search(r"\.[0-9a-f]{12}\.css$", path.name)]
    named = {found for path in styles for found in re.findall(r'url\("?([^")]+)"?\)', path.read_text())}
    assert len(styles) > 3
    assert [one for one in named if not one.startswith("data:") and not re.search(r"\.[0-9a-f]{12}\.", one)] == []


def policy_with(**variables: str) -> Any:
    code = (
        "import json; from django.conf import settings as s;"
        "print(json.dumps([s.STATIC_URL, {kind: [*map(str, names)] for kind, names in s.SECURE_CSP.items()}]))"
    )
    done = manage("shell", "--no-imports", "-c", code, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_cdn_is_named_by_a_variable_and_allowed_by_the_policy_and_nothing_else_is() -> None:
    (_, usual), (address, wider) = policy_with(), policy_with(FLEET_STATIC_URL=CDN.rstrip("/"))
    assert address == CDN
    grown = {kind: set(wider[kind]) - set(usual[kind]) for kind in wider if wider[kind] != usual[kind]}
    assert grown == {f"{kind}-src": {"https://cdn.example.net"} for kind in ("script", "style", "img", "font")}


def test_a_cdn_without_tls_is_refused() -> None:
    done = manage("check", FLEET_STATIC_URL="http://cdn.example.net/static/")
    assert done.returncode == 1
    assert done.stderr.startswith("fleet: FLEET_STATIC_URL is wrong")
