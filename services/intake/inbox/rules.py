"""The mail that says something waits: the titles of notices and the pages to go to, no more. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from services.intake.inbox.model import LONGEST_ADDRESS, MOST_LINES, Entry, Letter, MailSetting
from services.intake.notices.model import MODES, NEVER
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import Sentence, sentence

# Plain addresses only: no quoted local part, no address literal, no second address, nothing that could end a header.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251})[A-Za-z0-9]\Z")


def read_setting(address: str, mode: str) -> MailSetting:
    """The setting as a person gives it; an empty address turns mail off. Raises BadInput."""
    clean = unicodedata.normalize("NFKC", address).strip()
    faults: list[Fault] = []
    if mode not in MODES:
        faults.append(Fault(sentence("Choose how often mail is sent."), path="mode"))
    if clean and not is_address(clean):
        faults.append(Fault(sentence("This is not an e-mail address like name@example.gov.vn."), path="address"))
    elif not clean and mode in MODES and mode != NEVER:
        faults.append(Fault(sentence("Give the address to which mail is sent."), path="address"))
    if faults:
        raise BadInput(faults)
    return MailSetting(clean, mode)


def is_address(text: str) -> bool:
    """Whether mail may be sent to this."""
    local, _, host = text.partition("@")
    dots = ".." not in text and not local.startswith(".") and not local.endswith(".")
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.match(text) is not None and "." in host and dots


def letter_of(
    key: str, name: str, language: str, setting: MailSetting, entries: Sequence[Entry], apps: Mapping[str, str]
) -> Letter:
    """The mail of these notices, oldest first; `apps`: the public address of every app, without a slash at its end.

    The same page is named once for each title, however many notices lead there.
    """

    def said(text: Sentence) -> str:
        return text.in_language(language)

    lines: dict[tuple[str, str], None] = {}
    for entry in entries:
        lines[said(Sentence(entry.kind.title)), f"{apps[entry.kind.app]}/{quote(entry.path)}"] = None
    waits = any(entry.kind.asks for entry in entries)
    subject = sentence("Công Tâm: something waits for you") if waits else sentence("Công Tâm: there is news for you")
    shown = list(lines)[:MOST_LINES]
    inbox = f"{apps['intake']}/notices"
    text = [said(sentence("Dear %(name)s,", name=name)), ""]
    for title, address in shown:
        text += [f"- {title}", f"  {address}", ""]
    if len(lines) > len(shown):
        text += [said(sentence("… and more. Everything stands in your inbox.")), ""]
    text += [
        said(sentence("Your inbox: %(address)s", address=inbox)),
        said(sentence("How often this mail comes: %(address)s", address=f"{inbox}/mail")),
        "",
        said(sentence("This mail is sent by a program; answers to it are not read.")),
    ]
    return Letter(key, setting.address, name, language, said(subject), "\n".join(text) + "\n")
