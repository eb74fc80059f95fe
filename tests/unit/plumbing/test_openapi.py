"""The OpenAPI document: built at the first request for it, once, and complete then."""

import marshmallow as ma
import pytest
from flask_smorest import Blueprint

from shared.web.application import make_app
from shared.web.problems import ProblemApi
from tests.unit.plumbing.web import settings


class Figure(ma.Schema):
    """What the one endpoint answers."""

    value = ma.fields.Integer(required=True)


def figures() -> Blueprint:
    blueprint = Blueprint("figures", __name__, url_prefix="/v1", description="Figures.")

    @blueprint.route("/figures/<int:number>")
    @blueprint.response(200, Figure)
    def figure(number: int) -> dict[str, int]:
        """A figure."""
        return {"value": number}

    return blueprint


def test_the_document_is_built_at_the_first_request_once_and_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    register = Blueprint.register_views_in_doc

    def counted(blueprint: Blueprint, *arguments: object, **names: object) -> None:
        built.append(blueprint.name)
        register(blueprint, *arguments, **names)

    monkeypatch.setattr(Blueprint, "register_views_in_doc", counted)
    app, api = make_app("verify", settings(), package="shared.plumbing", title="Verification", checks={})
    assert isinstance(api, ProblemApi)
    api.register_blueprint(figures())
    browser = app.test_client()
    assert browser.get("/v1/figures/3").json == {"value": 3}
    assert built == []
    first, second = browser.get("/openapi.json"), browser.get("/openapi.json")
    assert built == ["figures"]
    assert first.mimetype == "application/json"
    assert first.data == second.data
    assert list(first.json["paths"]) == ["/v1/figures/{number}"]
    assert "Figure" in first.json["components"]["schemas"]
    assert {"name": "figures", "description": "Figures."} in first.json["tags"]


def test_nothing_is_registered_after_the_document_was_served() -> None:
    app, api = make_app("verify", settings(), package="shared.plumbing", title="Verification", checks={})
    assert app.test_client().get("/openapi.json").json["paths"] == {}
    with pytest.raises(AssertionError, match="before all blueprints"):
        api.register_blueprint(figures())
