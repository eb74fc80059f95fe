"""The people of a demo cycle: who they are, by which login they come, and which roles they have."""

from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.demo.cycles import DemoCycle
from deploy.demo.person import Person
from deploy.demo.wording import Titles

STAFF: dict[str, tuple[str, Titles]] = {
    "reviewer": ("reviewer", {"vi": "Người thẩm định", "en": "Reviewer"}),
    "lead_reviewer": ("lead", {"vi": "Trưởng nhóm thẩm định", "en": "Lead reviewer"}),
    "ministry_rater": ("source", {"vi": "Người đưa số liệu độc lập", "en": "Source officer"}),
    "board_rater": ("board", {"vi": "Người xếp loại của Ban", "en": "Board rater"}),
    "teller": ("teller", {"vi": "Người kiểm phiếu", "en": "Teller"}),
    "council_member": ("member", {"vi": "Thành viên Hội đồng", "en": "Council member"}),
}
# The second person: signs what moves much.
SECOND_REVIEWER: tuple[str, Titles] = ("second", {"vi": "Người thẩm định thứ hai", "en": "Second reviewer"})
ADMINISTRATOR: Titles = {"vi": "Quản trị viên", "en": "Administrator"}
ROLES = {role: title for role, (_, title) in STAFF.items()}


@dataclass(frozen=True)
class Cast:
    """Who plays, by login. `password_of` gives each login the same password at every start."""

    address: str
    password_of: Callable[[str], str]
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, login: str) -> Person:
        """Somebody, signed in at most once."""
        if login not in self.people:
            self.people[login] = Person(self.address, login, self.password_of(login))
        return self.people[login]


def administrator_login(cycle: DemoCycle) -> str:
    """The account the runner's command line opens; it opens all others."""
    return f"admin.{cycle.council}"


def leader_login(cycle: DemoCycle, unit: str) -> str:
    """The signing leader of a unit."""
    return f"{unit.lower()}.{cycle.council}"


def second_login(cycle: DemoCycle) -> str:
    """The reviewer who countersigns."""
    return f"{SECOND_REVIEWER[0]}.{cycle.council}"


def staff_logins(cycle: DemoCycle) -> dict[str, str]:
    """Role -> login of the people at the council."""
    return {role: f"{word}.{cycle.council}" for role, (word, _) in STAFF.items()}
