"""What intake says about people."""

from datetime import datetime

from services.ranking.ports import UnitOfWork


def end_sign_ins(uow: UnitOfWork, account: str, before: datetime) -> None:
    """End the sign-ins of an account that began before a moment. Commits nothing."""
    uow.sign_ins.end(account, before)
