"""The scan itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.document import Document
from files import models as files


class Attachment(files.Attachment):
    """A page of a customer's document; every look at it is on record."""

    sensitive = True

    document = models.ForeignKey(Document, models.CASCADE, related_name="attachments", verbose_name=_("document"))

    class Meta(files.Attachment.Meta):
        pass
