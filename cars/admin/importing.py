"""The import page of cars: upload, look at every change, confirm."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from import_export.admin import ImportMixin
from import_export.formats.base_formats import Format
from tablib import Dataset
from unfold.contrib.import_export.forms import ImportForm

from cars.intake import sheet
from cars.intake.headers import understood
from cars.intake.resource import PreviewedCarResource
from fleet.errors import DomainError


class Spreadsheet(Format):  # type: ignore[misc]
    """CSV or XLSX, read and understood as the command does."""

    def __init__(self, encoding: str | None = None) -> None:
        """Take the encoding that the library hands over; ours is found out."""

    def get_title(self) -> str:
        return gettext("CSV or XLSX")

    def can_import(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes) -> Dataset:
        """Return the rows under the names of our fields. Raises Unreadable and Invalid with a sentence."""
        page = sheet.parse(in_stream, gettext("The file"))
        places = understood(page.headers, {})
        rows = Dataset(headers=list(places))
        for row in page.rows:
            rows.append([row.cells[place] if place < len(row.cells) else "" for place in places.values()])
        return rows


class ImportsCars(ImportMixin):  # type: ignore[misc]
    """Adds the page to an admin; who may add and change cars may import them."""

    resource_classes = (PreviewedCarResource,)
    import_form_class = ImportForm

    def get_import_formats(self) -> list[type[Format]]:
        return [Spreadsheet]

    def has_import_permission(self, request: HttpRequest, *args: Any) -> bool:
        return request.user.has_perm("cars.add_car") and request.user.has_perm("cars.change_car")

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {}

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        """Say our own sentence; the library would quote the exception's class."""
        said = e.detail if isinstance(e, DomainError) else gettext("This is no table that can be read.")
        form.add_error("import_file", said)
