"""Numbers in templates: {{ car.odometer_km|grouped }}."""

from django import template

from fleet import money

register = template.Library()
register.filter("grouped", money.grouped)
