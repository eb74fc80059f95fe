"""Roles of ranking: who belongs to which circle. Whether somebody may do something here is asked with them."""

from shared.people import UNIT_ROLES, Role

# Freezes scores and issues editions.
BOARD = frozenset({Role.ADMINISTRATOR, Role.LEAD_REVIEWER})

# Reads everything of its council before anything is published.
STAFF = BOARD | {Role.REVIEWER, Role.SUPPORT_TEAM}

# Records that an edition is public.
COUNCIL = frozenset({Role.COUNCIL_MEMBER, Role.ADMINISTRATOR})

COUNCIL_READERS = STAFF | {Role.COUNCIL_MEMBER}

# May see that a cycle exists and what stands frozen in their own cluster.
EVERYBODY_INSIDE = COUNCIL_READERS | UNIT_ROLES | {Role.TELLER, Role.MINISTRY_RATER, Role.BOARD_RATER}

# Whoever gives ratings must not know where units stand: for them there is only what is published.
RATERS = frozenset({Role.MINISTRY_RATER, Role.BOARD_RATER})

# Holds the vote of the unit named in the grant.
VOTER = Role.SIGNING_LEADER

# Opens and closes boxes, sees whose paper is missing. Never the cluster head: its own unit is on the list.
TELLERS = frozenset({Role.TELLER, Role.ADMINISTRATOR})

BALLOT_READERS = TELLERS | {Role.COUNCIL_MEMBER, Role.LEAD_REVIEWER}
