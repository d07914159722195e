"""Everything we keep of one person, as one ZIP that people can read and programs too (GDPR, articles 15 and 20)."""

import json
import zipfile
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify
from django_countries.fields import Country

from customers import holders, letters
from customers.models import Customer
from files.models import File
from fleet import trail
from fleet.storage import bucket

_IN_MEMORY: Final = 16 * 1024 * 1024  # a larger archive lies on disk while it is sent, without a name
_OURS: Final = ("id", "version")


def archive(customer: Customer) -> IO[bytes]:
    """Return the archive, at its beginning; the caller closes it. Put on record. Raises StorageDown.

    It reads the bucket: call it outside any transaction.
    """
    made: Any = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    rows, files, missing = {}, [], []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in _everything(customer):
            if content is None:
                missing.append(name)
            elif isinstance(content, bytes):
                into.writestr(name, content)
                files.append(name)
            else:
                rows[name] = json.loads(json.dumps(content, cls=DjangoJSONEncoder))
        for name, content in rows.items():
            into.writestr(f"data/{name}.json", json.dumps(content, ensure_ascii=False, indent=2))
        shown = {"customer": customer, "rows": rows, "files": files, "missing": missing, "made_at": timezone.now()}
        into.writestr("index.html", render_to_string("customers/export.html", shown))
    made.seek(0)
    trail.record("export", customer, of="customer_data", files=len(files), missing=len(missing))
    return made  # type: ignore[no-any-return]


def name_of(customer: Customer) -> str:
    return f"customer-{slugify(customer.name) or 'data'}-{timezone.localdate()}.zip"


def _everything(customer: Customer) -> Iterator[tuple[str, Any]]:
    people = [customer, *Customer.objects.filter(merged_into=customer).order_by("pk")]
    yield "customer", [_plain(one) for one in people]
    yield "flags", [_plain(flag) for one in people for flag in one.flags.all()]
    documents = [document for one in people for document in one.documents.all()]
    yield "documents", [_plain(document) for document in documents]
    written = letters.of(people).order_by("pk")
    yield "letters", list(written.values("created_at", "template", "to", "language", "status", "sent_at", "context"))
    for number, document in enumerate(documents, start=1):
        for file in File.objects.of(document):
            yield _fetched(f"documents/{number}-{document.kind}-{file.name}", file.key)
    for one in people:
        for holder in holders.all_holders():
            yield from holder.told(one)


def _fetched(name: str, key: str) -> tuple[str, bytes | None]:
    try:
        return name, bucket().fetch(key)
    except FileNotFoundError:
        return name, None


def _plain(row: Any) -> dict[str, Any]:
    fields = {field.name: field.value_from_object(row) for field in row._meta.concrete_fields}
    return {name: _word(value) for name, value in fields.items() if name not in _OURS}


def _word(value: Any) -> Any:
    return str(value) if isinstance(value, Country) else value
