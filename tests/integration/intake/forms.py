"""Reads the forms of a page as a browser without script would, and posts them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass
class Form:
    """A form with what stands in its fields."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._text: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""))
            self.forms.append(self._open)
        elif self._open is None:
            return
        elif tag == "input" and given.get("type") not in ("checkbox", "file", "submit"):
            self._open.fields[given["name"]] = given.get("value", "")
        elif tag == "button":
            self._open.buttons.append((given.get("name", ""), given.get("value", "")))
        elif tag == "textarea":
            self._text = given["name"]
            self._open.fields[self._text] = ""
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select and ("selected" in given or self._select not in self._open.fields):
            self._open.fields[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._text is not None:
            # The first line end after <textarea> is not part of its text.
            self._open.fields[self._text] += data.removeprefix("\n") if not self._open.fields[self._text] else data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = None


def forms_of(page: TestResponse) -> list[Form]:
    """All forms of a page, in order."""
    reader = _Reader()
    reader.feed(page.get_data(as_text=True))
    return reader.forms


def open_form(client: FlaskClient, path: str, ending: str = "") -> Form:
    """The form of the page at `path` whose action ends so."""
    page = client.get(path)
    assert page.status_code == 200, page.get_data(as_text=True)
    return next(form for form in forms_of(page) if form.action.endswith(ending))


def send(client: FlaskClient, form: Form, **changed: str) -> TestResponse:
    """Post the form with some fields typed over: `value__C1` is the value of item C1, else `-` where `__` stands."""
    fields = {**form.fields, **{_named(form, name): value for name, value in changed.items()}}
    return client.post(form.action, data=fields)


def _named(form: Form, name: str) -> str:
    field, _, code = name.partition("__")
    of_item = f"items.{code}.{field}"
    return of_item if of_item in form.fields else name.replace("__", "-")


def form_token_of(client: FlaskClient) -> str:
    """A token with which this browser may post any form; the page of the own account carries one."""
    return next(
        form.fields["csrf_token"] for form in forms_of(client.get("/session/account")) if "csrf_token" in form.fields
    )
