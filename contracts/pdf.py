"""The agreement as an answer to a browser or a program: the same for the admin and the API, and on record."""

from django.http import HttpResponse

from contracts import agreement
from contracts.models import Agreement
from files.kinds import PDF
from fleet import trail


def response(found: Agreement) -> HttpResponse:
    """Put the download on record and return the PDF. Raises SignatureGone and StorageDown."""
    content = agreement.pdf(found)
    trail.record("download", found, media_type=PDF.media_type)
    shown = f'inline; filename="{found}.pdf"'
    return HttpResponse(content, content_type=PDF.media_type, headers={"Content-Disposition": shown})
