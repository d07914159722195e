"""People, the keys of programs, and log-ins that can be revoked."""

from accounts.models.counting import IdempotentAnswer, WrongLogins
from accounts.models.key import ApiKey
from accounts.models.saved import SavedFilter
from accounts.models.session import BrowserSession, TokenSession
from accounts.models.user import User

__all__ = ["ApiKey", "BrowserSession", "IdempotentAnswer", "SavedFilter", "TokenSession", "User", "WrongLogins"]
