"""Addresses of accounts under /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from accounts.api import passwords, sessions, tokens
from accounts.api.activity import ActivityViewSet
from accounts.api.saved import SavedFilterViewSet
from accounts.api.views import ApiKeyViewSet, UserViewSet

router = SimpleRouter()
router.register("users", UserViewSet)
router.register("api-keys", ApiKeyViewSet)
router.register("saved-filters", SavedFilterViewSet)
router.register("activity", ActivityViewSet, basename="activity")

urlpatterns = [
    path("auth/token/", tokens.TokenView.as_view(), name="token"),
    path("auth/token/refresh/", tokens.RefreshView.as_view(), name="token-refresh"),
    path("auth/token/revoke/", tokens.RevokeView.as_view(), name="token-revoke"),
    path("auth/me/", tokens.MeView.as_view(), name="me"),
    path("auth/sessions/", sessions.SessionsView.as_view(), name="sessions"),
    path("auth/sessions/end/", sessions.EverywhereView.as_view(), name="sessions-end"),
    path("auth/sessions/<uuid:which>/", sessions.SessionView.as_view(), name="session"),
    path("auth/password/reset/", passwords.ResetView.as_view(), name="password-reset"),
    path("auth/password/reset/confirm/", passwords.ConfirmView.as_view(), name="password-reset-confirm"),
    path("auth/password/change/", tokens.PasswordView.as_view(), name="password-change"),
    path("", include(router.urls)),
]
