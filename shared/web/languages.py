"""Vietnamese first, English complete: which language a request is answered in, and gettext in templates."""

import gettext
from typing import Any

from flask import Flask, Response, has_request_context, request
from flask_babel import Babel, Domain

from shared.contracts.sentences import LANGUAGES, Sentence, catalogue
from shared.web import formats

DEFAULT_LANGUAGE = "vi"
LANGUAGE_COOKIE = "cong_tam_language"
LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}


def current_language() -> str:
    """`vi` or `en`: the reader's own choice, else what their browser prefers, else Vietnamese."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, DEFAULT_LANGUAGE) or DEFAULT_LANGUAGE


class _Translations:
    """A catalogue under the method names flask-babel calls."""

    def __init__(self, texts: gettext.NullTranslations) -> None:
        self.ugettext = texts.gettext
        self.ungettext = texts.ngettext
        self.upgettext = texts.pgettext
        self.unpgettext = texts.npgettext


class SuiteDomain(Domain):
    """The texts of all parts of the suite from their `.po` files; there is no compiled catalogue to go stale."""

    def get_translations(self) -> Any:
        """The catalogue of the current language."""
        return _Translations(catalogue(current_language()))


def said(sentence: Sentence | str | None) -> str:
    """A sentence in the current language; plain text stays as it is."""
    if isinstance(sentence, Sentence):
        return sentence.in_language(current_language())
    return sentence or ""


def install_languages(app: Flask) -> None:
    """Give templates `_()`, `{% trans %}` and the filters that write values in the reader's notation.

    Filters: `said`, `titled`, `number`, `points`, `size`, `date`, `moment`, `deadline`, `machine_moment`.
    """
    babel = Babel(
        app, default_locale=DEFAULT_LANGUAGE, default_timezone="Asia/Ho_Chi_Minh", locale_selector=current_language
    )
    babel.domain_instance = SuiteDomain()
    app.jinja_env.filters.update(
        said=said,
        titled=lambda title: formats.written_title(title, current_language()),
        number=lambda value: formats.written_number(value, current_language()),
        points=lambda value, decimals=2: formats.written_points(value, current_language(), decimals),
        size=lambda value: formats.written_size(value, current_language()),
        date=lambda value: formats.written_date(value, current_language()),
        moment=lambda value: formats.written_moment(value, current_language()),
        deadline=lambda value: formats.written_deadline(value, current_language()),
        machine_moment=formats.machine_moment,
    )
    app.jinja_env.globals.update(current_language=current_language, language_names=LANGUAGE_NAMES)

    @app.after_request
    def say_which(response: Response) -> Response:
        if response.mimetype in ("text/html", "application/problem+json"):
            response.headers.setdefault("Content-Language", current_language())
            response.vary.update(("Accept-Language", "Cookie"))
        return response
