"""Who may do what, said once per view: `permissions = {action: permission}`; an action without one is closed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from fleet.errors import NotAllowed

if TYPE_CHECKING:  # these modules are named in DRF's settings, which its views read while they load
    from rest_framework.views import APIView

ANYONE: Final = "*"  # no log-in: getting a token
LOGGED_IN: Final = "@"  # any active account: its own profile

type Permissions = Mapping[str, str | tuple[str, ...]]


def needed(view: Any) -> str | tuple[str, ...] | None:
    """Return the permission of the view's current action (or method, for plain views); None when none is declared."""
    permissions: Permissions = getattr(view, "permissions", {})
    action = getattr(view, "action", None) or (view.request.method or "").lower()
    aliases = {"head": "get", "partial_update": "update", "history": "retrieve"}
    return permissions.get(action, permissions.get(aliases.get(action, action)))


class RolePermission(BasePermission):
    """Plain `user.has_perm`: roles are groups, so a change of role works with the next request."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        wanted = needed(view)
        if wanted == ANYONE:
            return True
        if not request.user.is_authenticated:
            raise NotAuthenticated
        if _unroutable(view):
            return True  # no such method here: DRF answers 405
        if wanted is None:
            raise NotAllowed("This is open to nobody: the view names no permission for it.")
        if request.method not in SAFE_METHODS and getattr(request.auth, "read_only", False):
            raise NotAllowed("This key may only read.", code="read_only_key")
        if wanted == LOGGED_IN:
            return True
        _require(request.user, wanted)
        return True


def _unroutable(view: "APIView") -> bool:
    return not hasattr(view, (view.request.method or "").lower())


def _require(user: Any, wanted: str | tuple[str, ...]) -> None:
    missing = [name for name in ((wanted,) if isinstance(wanted, str) else wanted) if not user.has_perm(name)]
    if missing:
        raise NotAllowed(f"This needs the permission {missing[0]}.", permission=missing[0])
