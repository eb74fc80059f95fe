"""Rules of accounts: names, passwords, who may give which roles, how long sessions last, how limits leak."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.accounts.model import (
    ACCOUNT_LIMIT,
    ADDRESS_LIMIT,
    MOST_GRANTS,
    SESSION_IDLE,
    SESSION_LIFETIME,
    Account,
    ClientKey,
    Limit,
    Session,
)
from services.intake.accounts.rules import (
    address_group,
    check_grants,
    check_password,
    limits_of,
    normal_password,
    read_login,
    read_name,
    refuse_unless_administers,
    too_many_attempts,
)
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.people import Actor, ActorKind, Grant, Role

NOON = datetime(2026, 1, 31, 5, tzinfo=UTC)


def account(*grants: Grant, homes: tuple[tuple[str, str], ...] = ()) -> Account:
    return Account("id", "hoa", "Nguyễn Thị Hoa", "vi", homes, grants, True, NOON)


def fault_path(caught: pytest.ExceptionInfo[BadInput]) -> str | None:
    (fault,) = caught.value.faults
    return fault.path


# --- names and passwords


@pytest.mark.parametrize(
    ("given_text", "login"),
    [("  Hoa.Nguyen@example.vn ", "hoa.nguyen@example.vn"), ("ｈｏａ", "hoa"), ("a-1", "a-1"), ("x" * 100, "x" * 100)],
)
def test_a_login_has_one_spelling(given_text: str, login: str) -> None:
    assert read_login(given_text) == login


@pytest.mark.parametrize("text", ["", "ab", "x" * 101, "đức", "a b c", "-abc", "a\nbc", "abc\x00", "a/b/c", "ab\ud800"])
def test_other_logins_are_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_login(text)
    assert fault_path(caught) == "login"


def test_a_name_is_composed_and_trimmed() -> None:
    assert read_name("  Tra\u0302\u0300n   Văn ") == "Trần Văn"
    for text in ("", "   ", "x" * 101, "a\x00b"):
        with pytest.raises(BadInput):
            read_name(text)


@pytest.mark.parametrize(
    "text", ["mưa xuân bay nhẹ", "tám con mèo đen", "K7#v9!Lm2$Qx", "x9" + "rừng xanh núi đỏ" * 10]
)
def test_good_passwords(text: str) -> None:
    assert check_password(text, login="hoa.nguyen", name="Nguyễn Thị Hoa") == normal_password(text)


@pytest.mark.parametrize(
    "text",
    [
        "ngắn quá",
        "x" * 257,
        "aaaaaaaaaaaaaaaa",
        "abababababab",
        "Password 1234",
        "mat.khau.123456",
        "hoa.nguyen123",
        "HoaNguyen2026",
        "nguyễn thị hoa 1",
    ],
)
def test_passwords_that_others_would_try_first_are_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_password(text, login="hoa.nguyen", name="Nguyễn Thị Hoa", path="new_password")
    assert fault_path(caught) == "new_password"


def test_a_password_is_the_same_from_every_keyboard() -> None:
    composed, decomposed = "mười hai con giáp", "mươ\u0300i hai con gia\u0301p"
    assert composed != decomposed
    assert normal_password(composed) == normal_password(decomposed)


# --- roles


def test_only_an_administrator_of_every_council_may_give_roles() -> None:
    central = Actor("a", "A", (), (Grant(Role.ADMINISTRATOR, "central"),))
    refuse_unless_administers(central, ["central"])
    refuse_unless_administers(central, [])
    for councils in (["central", "ha-noi"], ["ha-noi"]):
        with pytest.raises(Refusal) as caught:
            refuse_unless_administers(central, councils)
        assert caught.value.kind is Kind.FORBIDDEN
    with pytest.raises(Refusal):
        refuse_unless_administers(Actor("b", "B", (), (Grant(Role.LEAD_REVIEWER, "central"),)), [])


def test_changing_one_councils_roles_leaves_the_others() -> None:
    before = account(
        Grant(Role.REVIEWER, "central"),
        Grant(Role.TELLER, "ha-noi"),
        homes=(("central", "HN"), ("ha-noi", "BA-DINH")),
    )
    after = before.with_grants("central", [Grant(Role.LEAD_REVIEWER, "central")], [])
    assert {(str(grant.role), grant.council) for grant in after.grants} == {
        ("lead_reviewer", "central"),
        ("teller", "ha-noi"),
    }
    assert after.home_units == (("ha-noi", "BA-DINH"),)
    assert before.with_grants("central", [], None).home_units == before.home_units
    assert before.councils() == {"central", "ha-noi"}


def test_grants_are_checked_one_by_one() -> None:
    check_grants([Grant(Role.REVIEWER, "central", clusters=("C1",))], [("central", "HN")])
    wrong = [Grant(Role.REVIEWER, "Central Council"), Grant(Role.REVIEWER, "central", units=("Hà Nội",))]
    with pytest.raises(BadInput) as caught:
        check_grants(wrong, [("central", "a b")], "fr")
    assert [fault.path for fault in caught.value.faults] == ["language", "grants.0", "grants.1", "home_units.0"]
    with pytest.raises(BadInput):
        check_grants([Grant(Role.REVIEWER, "central")] * (MOST_GRANTS + 1), [])


def test_revocations_only_ever_move_forward() -> None:
    later = account().revoked(NOON + timedelta(hours=1))
    again = later.revoked(NOON)
    assert again.tokens_void_before == NOON + timedelta(hours=1)
    assert (later.revocations, again.revocations) == (1, 2)


def test_an_account_acts_with_what_it_was_granted() -> None:
    actor = account(Grant(Role.REVIEWER, "central"), homes=(("central", "HN"),)).actor(ActorKind.CLIENT, "key")
    assert actor.may(Role.REVIEWER, council="central")
    assert actor.belongs_to("central", "HN")
    assert (actor.kind, actor.session) == (ActorKind.CLIENT, "key")


# --- sessions


def test_a_session_ends_after_a_pause_and_after_a_day() -> None:
    session = Session("s", "a", "hash", NOON, NOON).renewed(NOON)
    assert session.is_good(NOON + SESSION_IDLE - timedelta(seconds=1))
    assert not session.is_good(NOON + SESSION_IDLE)
    for hour in range(1, 24):
        session = session.renewed(NOON + timedelta(hours=hour))
    assert session.expires_at == NOON + SESSION_LIFETIME
    assert not replace(session, revoked_at=NOON).is_good(NOON)


def test_a_client_key_ends_when_it_says() -> None:
    key = ClientKey("k", "a", "t", "hash", NOON, NOON + timedelta(days=1))
    assert key.is_good(NOON)
    assert not key.is_good(NOON + timedelta(days=1))
    assert not replace(key, revoked_at=NOON).is_good(NOON)


# --- limits


def test_the_eleventh_attempt_has_to_wait_a_minute() -> None:
    level = 0.0
    for _ in range(ACCOUNT_LIMIT.capacity):
        assert not ACCOUNT_LIMIT.wait(level)
        level += 1
    assert ACCOUNT_LIMIT.wait(level) == timedelta(minutes=1)
    assert not ACCOUNT_LIMIT.wait(ACCOUNT_LIMIT.level(level, NOON, NOON + timedelta(minutes=1)))
    assert ACCOUNT_LIMIT.level(level, NOON, NOON + timedelta(hours=1)) == 0.0


@given(
    st.integers(1, 50),
    st.lists(st.floats(0, 120), min_size=1, max_size=200),
)
def test_no_rhythm_of_attempts_gets_more_through_than_the_bucket_and_its_leak(
    capacity: int, pauses: list[float]
) -> None:
    limit = Limit(capacity, timedelta(seconds=30))
    level, moment, through = 0.0, NOON, 0
    for pause in pauses:
        earlier, moment = moment, moment + timedelta(seconds=pause)
        level = limit.level(level, earlier, moment)
        if not limit.wait(level):
            level += 1
            through += 1
    assert through <= capacity + (moment - NOON) / limit.leak + 1e-6


def test_a_clock_that_goes_back_opens_nothing() -> None:
    assert ACCOUNT_LIMIT.level(10, NOON, NOON - timedelta(hours=1)) == 10


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_addresses_are_limited_by_subscriber(address: str | None, group: str) -> None:
    assert address_group(address) == group


def test_an_attempt_weighs_on_name_and_address() -> None:
    assert [key for key, _ in limits_of("hoa", "203.0.113.7")] == ["login:hoa", "address:203.0.113.7"]
    assert limits_of("", "203.0.113.7") == (("address:203.0.113.7", ADDRESS_LIMIT),)


def test_who_must_wait_is_told_how_long() -> None:
    for seconds, minutes in ((1, 1), (60, 1), (61, 2), (600, 10)):
        refusal = too_many_attempts(timedelta(seconds=seconds))
        assert refusal.kind is Kind.TOO_MANY
        assert refusal.said.params == {"minutes": minutes}
