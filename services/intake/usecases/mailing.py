"""Send the mail that is due."""

import time

import structlog

from services.intake.notice_ports import MailNotTaken, MailQueue, MailRefused, Post

LONGEST_TURN = 100.0  # seconds; well inside the task's time limit
log = structlog.get_logger(__name__)


def send_due_mail(queue: MailQueue, post: Post) -> int:
    """Put together what is due and send it, until nothing is left, the turn is over, or the server is away.

    Returns how many letters were handed over. Safe to call at any time and by several workers at once.
    """
    queue.gather()
    ends = time.monotonic() + LONGEST_TURN
    sent = 0
    while time.monotonic() < ends:
        taken = queue.take()
        if taken is None:
            break
        if taken.letter is None:
            queue.done(taken)
            continue
        try:
            post.send(taken.letter)
        except MailRefused as error:
            log.warning("mail_refused", mail=taken.letter.key)
            queue.give_up(taken, error)
            continue
        except MailNotTaken as error:
            log.warning("mail_not_taken", mail=taken.letter.key, reason=str(error))
            queue.again(taken, error)
            break  # the next letter would most likely fare no better; beat comes back
        queue.done(taken)
        sent += 1
    return sent
