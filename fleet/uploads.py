"""Uploads stay in memory: the web processes keep nothing on disk."""

import io
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext

MOST_BYTES: Final = 20 * 1024 * 1024  # of one file


class MemoryUploadHandler(FileUploadHandler):
    """Refuses a body by its announced length before reading it, and a file that grows beyond the limit."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, Any],  # noqa: N803 - Django's signature
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > settings.MAX_BODY_BYTES:
            raise RequestDataTooBig(
                gettext("A request carries at most %(what)s MB.") % {"what": settings.MAX_BODY_BYTES // 1024**2}
            )

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.held = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MOST_BYTES:
            raise RequestDataTooBig(gettext("A file has at most %(what)s MB.") % {"what": MOST_BYTES // 1024**2})
        self.held.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.held.seek(0)
        return InMemoryUploadedFile(
            self.held,
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )
