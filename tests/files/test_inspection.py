"""Only what the bytes really are is kept, and nothing that runs, hides or explodes."""

import io
import zipfile

import pytest
from PIL import Image

from files.errors import Refused, TooLarge
from files.inspection import inspect
from files.kinds import JPEG, PDF
from files.names import safe
from tests.files import samples

EXTERNAL = '<Relationship Type="…/attachedTemplate" Target="http://evil.test/" TargetMode="External"/>'
HTML = b"<!doctype html><script>alert(1)</script>"


def exif_of(content: bytes) -> dict[int, object]:
    with Image.open(io.BytesIO(content)) as image:
        return dict(image.getexif())


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (samples.picture("JPEG"), "image/jpeg"),
        (samples.picture("PNG"), "image/png"),
        (samples.picture("WEBP"), "image/webp"),
        (samples.pdf(), "application/pdf"),
        (samples.docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (samples.xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (samples.odt(), "application/vnd.oasis.opendocument.text"),
    ],
)
def test_a_file_is_what_its_bytes_are(content: bytes, media_type: str) -> None:
    assert inspect(content).kind.media_type == media_type


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_forgets_where_and_with_what_it_was_taken_and_stands_upright(form: str) -> None:
    taken = samples.picture(form, where=True)
    assert exif_of(taken)
    kept = inspect(taken)
    assert exif_of(kept.content) == {}
    assert b"SecretPhone" not in kept.content + kept.preview
    with Image.open(io.BytesIO(kept.content)) as image:
        assert image.size == (80, 120)


def test_what_hangs_behind_a_picture_is_gone() -> None:
    polyglot = samples.picture() + HTML + samples.archive({"evil.jar": "x"})
    kept = inspect(polyglot).content
    assert b"script" not in kept
    assert not zipfile.is_zipfile(io.BytesIO(kept))


def test_a_script_in_a_comment_of_a_picture_is_gone() -> None:
    assert b"script" not in inspect(samples.picture("JPEG", comment=HTML)).content


def test_a_large_photo_is_made_smaller_and_has_a_preview() -> None:
    kept = inspect(samples.picture(size=(6000, 4000)))
    with Image.open(io.BytesIO(kept.content)) as image, Image.open(io.BytesIO(kept.preview)) as small:
        assert (image.size, small.size) == ((3000, 2000), (480, 320))


def test_a_transparent_signature_stays_transparent() -> None:
    drawn = io.BytesIO()
    Image.new("RGBA", (50, 20), (0, 0, 0, 0)).save(drawn, "PNG")
    with Image.open(io.BytesIO(inspect(drawn.getvalue()).content)) as image:
        assert image.mode == "RGBA"


@pytest.mark.parametrize("size", [(9_000, 9_000), (12_000, 9_000), (65_000, 65_000)])
def test_a_picture_that_unpacks_to_too_many_pixels_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(Refused, match="million pixels"):
        inspect(samples.png_that_claims(*size))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (HTML, "not kept here"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not kept here"),
        (b"MZ\x90\x00" + b"\0" * 100, "not kept here"),
        (b"\x7fELF" + b"\0" * 100, "not kept here"),
        (b"#!/bin/sh\nrm -rf /\n", "not kept here"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "not kept here"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, "most compatible"),
        (b"\xff\xd8\xff" + HTML, "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + HTML, "cannot be read"),
        (samples.picture()[:200], "cannot be read"),
        (b"%PDF-1.7\n" + HTML, "cannot be read"),
        (b"PK\x03\x04" + HTML, "cannot be read"),
        (HTML + samples.pdf(), "not kept here"),
    ],
)
def test_what_is_no_picture_or_document_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        inspect(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (samples.pdf(script="app.alert(1)"), "JavaScript"),
        (samples.pdf(attachment=b"MZ"), "embedded files"),
        (samples.pdf(launch="cmd.exe"), "starts a program"),
        (samples.pdf(password="secret"), "password"),
        (samples.pdf() + b"\n9 0 obj << /S /J#61vaScript >> endobj\n", "runs or hides"),
    ],
)
def test_a_pdf_that_can_do_something_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        inspect(content)


def test_a_harmless_pdf_stays_as_it_is_to_the_byte() -> None:
    assert inspect(samples.pdf()).content == samples.pdf()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (samples.docx(word__vbaProject_dot_bin=b"x"), "macros"),
        (samples.docx('<Default ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'), "macros"),
        (samples.docx(word__embeddings__a_dot_exe=b"MZ"), "macros or embedded"),
        (samples.docx(word__big_dot_xml=b"\0" * 60_000_000), "unpacks"),
        (samples.archive({"a.txt": "x"}), "Archives"),
        (samples.archive({"../../etc/passwd": "x", "[Content_Types].xml": "", "word/document.xml": ""}), "names"),
        (
            samples.docx(word___rels__document_dot_xml_dot_rels=EXTERNAL),
            "from elsewhere",
        ),
    ],
)
def test_a_document_with_macros_bombs_or_strings_attached_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        inspect(content)


def test_a_link_that_a_person_clicks_may_stay() -> None:
    link = '<Relationship Type="…/hyperlink" Target="https://fleet.test" TargetMode="External"/>'
    assert inspect(samples.docx(word___rels__document_dot_xml_dot_rels=link)).kind.extension == "docx"


def test_twenty_megabytes_are_the_most() -> None:
    with pytest.raises(TooLarge):
        inspect(b"\xff\xd8\xff" + b"\0" * (20 * 1024 * 1024))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("licence.html", "licence.jpg"),
        ("C:\\temp\\Đorđe ž.JPEG", "Đorđe ž.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ('a"; filename=evil.exe\r\nX: y', "a__ filename=evil.jpg"),
        ("gpj\u202e.exe", "gpj.jpg"),
        ("...", "file.jpg"),
        ("x" * 300 + ".jpg", "x" * 100 + ".jpg"),
        (".htaccess", "file.jpg"),
    ],
)
def test_a_name_is_made_safe_and_ends_in_what_the_file_is(name: str, kept: str) -> None:
    assert safe(name, JPEG) == kept


def test_the_ending_of_a_name_follows_the_bytes() -> None:
    assert safe("photo.jpg", PDF) == "photo.pdf"
