"""Customers as the search of the whole admin finds them: by name for everybody, by number for those who may see it."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers import phones
from customers.models import Customer
from fleet.admin.finding import MOST, Hit, finder


@finder(_("Customers"), icon="group", permission="customers.view_customer", order=30)
def customers(request: HttpRequest, text: str) -> Iterator[Hit]:
    sees = request.user.has_perm("customers.view_pii")
    visible = Customer.objects.visible_to(request.user)
    found = visible.search(text) if sees else visible.named_like(text)
    for one in found.likest_first(text)[:MOST]:
        known = (one.company_name, one.city, *((phones.shown(one.phone), one.licence_number) if sees else ()))
        address = reverse("admin:customers_customer_change", args=[one.pk])
        yield Hit(one.name, " · ".join(word for word in known if word), address)
