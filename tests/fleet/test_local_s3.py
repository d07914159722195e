"""The S3 server of the demo and the tests: real signatures, real expiry, and files that survive a stop."""

import signal
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import pytest
import time_machine

from fleet.local import s3
from fleet.local.module import Server


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fleet-s3-") as made:
        yield Path(made)


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    running = s3.begin(folder / "s3", log=folder / "log", keep=True)
    running.wait()
    yield running
    running.child.stop()


def client(server: Server) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=server.variables["FLEET_S3_ENDPOINT"],
        region_name="eu-central-1",
        aws_access_key_id=server.variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=server.variables["AWS_SECRET_ACCESS_KEY"],
    )


def status(url: str, method: str = "GET") -> int:
    try:
        with urlopen(Request(url, method=method), timeout=10) as answer:  # noqa: S310 - our own address
            return int(answer.status)
    except HTTPError as refused:
        with refused:
            return refused.code


def signed(server: Server, key: str) -> str:
    link: str = client(server).generate_presigned_url("get_object", {"Bucket": "fleet", "Key": key}, ExpiresIn=900)
    return link


def test_a_killed_server_starts_again_with_its_files(server: Server, folder: Path) -> None:
    client(server).put_object(Bucket="fleet", Key="a/ž č.txt", Body=b"kept", ContentType="text/plain")
    client(server).put_object(Bucket="fleet", Key="gone", Body=b"x")
    client(server).delete_object(Bucket="fleet", Key="gone")
    server.child.process.send_signal(signal.SIGKILL)
    server.child.process.wait()
    again = s3.begin(folder / "s3", log=folder / "log", keep=True)
    again.wait()
    found = client(again).get_object(Bucket="fleet", Key="a/ž č.txt")
    with found["Body"] as body:
        assert (body.read(), found["ContentType"]) == (b"kept", "text/plain")
    assert [one["Key"] for one in client(again).list_objects_v2(Bucket="fleet")["Contents"]] == ["a/ž č.txt"]
    again.child.stop()


def test_only_a_right_signature_opens_it(server: Server) -> None:
    client(server).put_object(Bucket="fleet", Key="a b.txt", Body=b"x")
    client(server).put_object(Bucket="fleet", Key="other", Body=b"y")
    link = signed(server, "a b.txt")
    assert status(link) == 200
    assert status(link.split("?")[0]) == 403
    assert status(link.replace("a%20b.txt", "other")) == 403
    assert status(link.replace("X-Amz-Expires=900", "X-Amz-Expires=9000")) == 403
    assert status(link, "DELETE") == 403


def test_a_signed_url_ends_after_fifteen_minutes(server: Server) -> None:
    client(server).put_object(Bucket="fleet", Key="k", Body=b"x")
    with time_machine.travel(timedelta(minutes=-14)):
        assert status(signed(server, "k")) == 200
    with time_machine.travel(timedelta(minutes=-15, seconds=-1)):
        assert status(signed(server, "k")) == 403
