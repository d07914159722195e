"""Fleet's addresses, and one that breaks."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from fleet.urls import handler400, handler403, handler404, handler500, urlpatterns
from tests.door.urls import crash

__all__ = ["handler400", "handler403", "handler404", "handler500"]
urlpatterns = [path("crash/", csrf_exempt(crash)), *urlpatterns]
