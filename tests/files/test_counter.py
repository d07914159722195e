"""Photos and signatures that come with a check-out."""

from typing import Any

import pytest

from cars.models import Damage
from contracts.models import Attachment, Handover
from files import uploads
from files.models import File
from tests.contracts.api import FULL, Desk
from tests.factories import contracts as given
from tests.factories.contracts import START
from tests.files import samples

pytestmark = pytest.mark.django_db
MARK = {"panel": "roof", "kind": "dent"}


@pytest.fixture
def desk() -> Desk:
    return Desk("agent", at=START)


def photo(desk: Desk) -> str:
    return str(uploads.receive(samples.picture(), "p.jpg", by=desk.user).pk)


def check_out(desk: Desk, **body: Any) -> Any:
    return desk.step(given.confirmed(by=given.manager()), "check-out", **FULL, **body)


def test_photos_signature_and_pictures_of_damages_are_kept_where_they_belong(desk: Desk) -> None:
    front, signed, dent = photo(desk), photo(desk), photo(desk)
    answer = check_out(desk, photos=[front], signature=signed, damages=[{**MARK, "photos": [dent]}])
    assert answer.status_code == 200, answer.json()
    kept = {str(one.file_id): one.role for one in Attachment.objects.filter(handover=Handover.objects.get())}
    assert kept == {front: "photo", signed: "signature"}
    assert [str(one.pk) for one in File.objects.of(Damage.objects.get())] == [dent]


def test_a_photo_that_is_not_there_stops_the_whole_check_out(desk: Desk) -> None:
    answer = check_out(desk, photos=["00000000-0000-7000-8000-000000000000"])
    assert (answer.status_code, answer.json()["code"]) == (422, "file_not_free")
    assert not Handover.objects.exists()
