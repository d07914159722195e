"""Which language a person reads: his own, before the log-in the browser's; the API speaks English to everyone."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from accounts.models import User
from fleet.actor import verb

SPOKEN = tuple(code for code, _ in settings.LANGUAGES)


@verb
def choose(user: User, language: str, *, by: User) -> None:
    """Write down what this person reads: screens, letters and notices."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])


def remember(response: HttpResponse, language: str) -> None:
    """Let this browser show the log-in in this language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]
    )


class LanguageMiddleware:
    """Gives every request its language, and takes it away again: whatever the thread does next knows nothing of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = translation.get_language() or settings.LANGUAGE_CODE
        if request.path.startswith("/api/"):
            # Programs branch on `code`; with one language for all, kept answers and examples are right for everybody.
            translation.activate(settings.LANGUAGE_CODE)
            response = self.get_response(request)
        else:
            response = self._in_words_of_the_reader(request)
        # Not after an exception: the page that tells of it is made outside of here, for the same reader.
        translation.activate(before)
        return response

    def _in_words_of_the_reader(self, request: HttpRequest) -> HttpResponse:
        # First what needs no database: where that is away, the page that says so still has the reader's language.
        translation.activate(translation.get_language_from_request(request))
        user: Any = request.user
        if user.is_authenticated:
            translation.activate(user.language)
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        if not user.is_authenticated:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response
