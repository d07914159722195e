"""The OpenAPI document and its page."""

import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(Client().get("/api/v1/schema/").content)


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [(path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()]


def test_the_document_is_valid_and_without_warnings(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_the_document_is_openapi_3_1_and_open_to_everyone(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert Client().get("/api/v1/openapi.json").json() == document


def test_a_client_that_has_the_document_gets_304() -> None:
    tag = Client().get("/api/v1/schema/")["ETag"]

    assert Client().get("/api/v1/schema/", HTTP_IF_NONE_MATCH=tag).status_code == 304


def test_both_ways_to_authenticate_are_described(document: Any) -> None:
    schemes = document["components"]["securitySchemes"]

    assert {name: scheme["type"] for name, scheme in schemes.items()} == {"apiKey": "apiKey", "token": "http"}


def test_every_operation_documents_its_problems(document: Any) -> None:
    for path, method, operation in operations(document):
        problems = {code for code, answer in operation["responses"].items() if "/Problem" in str(answer)}
        assert {"400", "406", "429", "500", "503"} <= problems, (path, method)
        assert "default" not in operation["responses"], "every status has a line of its own"
        if "{id}" in path:
            assert "404" in problems, (path, method)


def test_every_operation_but_log_in_needs_credentials(document: Any) -> None:
    opened = {path for path, _method, operation in operations(document) if not operation.get("security")}

    assert opened == {
        "/api/v1/auth/token/",
        "/api/v1/auth/token/refresh/",
        "/api/v1/auth/token/revoke/",
        "/api/v1/auth/password/reset/",
        "/api/v1/auth/password/reset/confirm/",
        "/api/v1/verify/{code}/",
    }


def test_permissions_are_named(document: Any) -> None:
    assert document["paths"]["/api/v1/users/"]["post"]["x-permissions"] == ["accounts.add_user"]


def test_writes_document_their_preconditions(document: Any) -> None:
    patch = document["paths"]["/api/v1/users/{id}/"]["patch"]
    post = document["paths"]["/api/v1/users/"]["post"]

    assert {one["name"] for one in patch["parameters"]} >= {"If-Match"}
    assert {one["name"] for one in post["parameters"]} >= {"Idempotency-Key"}
    assert {"412", "428", "422"} <= set(patch["responses"])


def test_lists_document_paging_sorting_and_search(document: Any) -> None:
    parameters = {one["name"] for one in document["paths"]["/api/v1/users/"]["get"]["parameters"]}

    assert parameters == {"limit", "cursor", "q", "sort", "filter", "role", "is_active"}


def test_no_description_leaks_from_the_kit(document: Any) -> None:
    described = " ".join(str(one.get("description")) for _path, _method, one in operations(document))

    assert "list, retrieve" not in described
    assert "viewsets and plain views" not in described


def test_the_page_has_no_inline_script_or_style_and_loads_what_it_names() -> None:
    page = Client().get("/api/v1/docs/")

    text = page.content.decode()
    assert "'unsafe" not in page["Content-Security-Policy"]
    assert not re.search(r"<style|style=|<script>|onclick=", text)
    for address in re.findall(r'(?:src|href)="([^"]+)"', text):
        assert served(address.replace("&amp;", "&")), address


def served(address: str) -> bytes:
    response: Any = Client().get(address)
    try:
        return b"".join(response.streaming_content) if response.streaming else response.content
    finally:
        response.close()
