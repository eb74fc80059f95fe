"""A council's directory set up on pages: from nothing to a cluster with members and a head."""

from services.intake.directory.actions import record_council
from services.intake.directory.model import Council
from services.intake.directory.queries import read_directory
from services.intake.store import SqlStore
from shared.criteria.model import Title
from tests.builders.intake import COUNCIL, administrator, officer
from tests.integration.intake.forms import open_form, send
from tests.integration.intake.web import Web

PAGE = f"/administration/{COUNCIL}/directory"


def test_a_council_is_set_up_without_a_command_line(web: Web, intake: SqlStore) -> None:
    record_council(intake, administrator(), Council(COUNCIL, Title(vi="Hội đồng Trung ương")))
    admin = web.browser(administrator())
    since = {"valid_from": "2026-01-01"}
    unit = open_form(admin, PAGE, "/units")
    wrong = send(admin, unit, unit="Huế", title_vi="", valid_from="31/2/2026")
    page = wrong.get_data(as_text=True)
    assert (wrong.status_code, "Mã gồm chữ cái không dấu" in page, "không phải là ngày" in page) == (422, True, True)
    for code, title in (("HUE", "Huế"), ("DN", "Đà Nẵng"), ("AG", "An Giang")):
        assert send(admin, unit, unit=code, title_vi=title, **since).status_code == 303
    clusters = open_form(admin, PAGE, "/clusters")
    assert send(admin, clusters, cluster="K1", title_vi="Cụm 1", method="score_then_vote", **since).status_code == 303
    members = open_form(admin, PAGE, "/memberships")
    assert send(admin, members, unit="HUE", cluster="K1", **since).status_code == 303
    clash = send(admin, members, unit="HUE", cluster="K1", valid_from="2026-06-01")
    assert (clash.status_code, "Huế" in clash.get_data(as_text=True)) == (422, True)
    heads = open_form(admin, PAGE, "/headships")
    assert send(admin, heads, cluster="K1", unit="HUE", position="head", **since).status_code == 303
    ended = send(admin, members, unit="HUE", cluster="K1", valid_from="2026-01-01", valid_to="2026-12-31")
    assert ended.status_code == 303
    page = admin.get(PAGE).get_data(as_text=True)
    assert page.index("An Giang") < page.index("Đà Nẵng") < page.index("Huế")
    known = read_directory(intake, administrator(), COUNCIL)
    assert [(one.unit, str(one.validity.valid_to)) for one in known.memberships] == [("HUE", "2026-12-31")]
    assert [one.position for one in known.headships] == ["head"]
    assert send(admin, heads, cluster="K1", unit="DN", position="king", **since).status_code == 422
    assert web.browser(officer()).get(PAGE).status_code == 403
