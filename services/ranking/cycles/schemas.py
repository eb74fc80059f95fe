"""How scoring's values stand in JSON."""

import math
from collections.abc import Mapping
from typing import Any

from services.ranking.editions.model import StoredEdition
from services.ranking.editions.rules.keys import PublicKey
from services.ranking.scoring.model import Cycle, FrozenSheet
from services.ranking.scoring.actions import ClusterOverview, ClusterStandings, CycleOverview
from shared.criteria.ticks import decimal_text
from shared.web.languages import said


def cycle_document(cycle: Cycle) -> dict[str, Any]:
    """A cycle's head."""
    return dict(vars(cycle))


def sheet_document(sheet: FrozenSheet) -> dict[str, Any]:
    """A sheet's head, without who froze it."""
    return {name: value for name, value in vars(sheet).items() if name != "frozen_by"}


def edition_document(edition: StoredEdition) -> dict[str, Any]:
    """An edition's head, without who issued it."""
    document = {name: value for name, value in vars(edition).items() if name != "issued_by"}
    document["publication"] = None if edition.publication is None else vars(edition.publication)
    return document


def overview_document(overview: CycleOverview) -> dict[str, Any]:
    """A cycle with its clusters and editions."""
    return {
        **cycle_document(overview.cycle),
        "clusters": [_cluster_document(cluster) for cluster in overview.clusters],
        "editions": [edition_document(edition) for edition in overview.editions],
    }


def _cluster_document(overview: ClusterOverview) -> dict[str, Any]:
    cluster, ready = overview.cluster, overview.readiness
    return {
        "cluster": cluster.cluster,
        "title": cluster.title,
        "method": cluster.method,
        "members": [member.unit for member in cluster.members],
        "ready": ready.ready,
        "absent": list(ready.absent),
        "blockers": [
            {"code": blocker.code, "unit": blocker.unit, "detail": said(blocker.said)} for blocker in ready.blockers
        ],
        "sheet": None if overview.sheet is None else sheet_document(overview.sheet),
        "changed_since": overview.changed,
    }


def standings_document(shown: ClusterStandings) -> dict[str, Any]:
    """Standings with every part."""
    return {
        "sheet": sheet_document(shown.sheet),
        "synthetic": shown.sheet.synthetic,
        "notice": shown.sheet.notice,
        "standings": [_standing(shown, row) for row in shown.order],
    }


def _standing(shown: ClusterStandings, row: int) -> dict[str, Any]:
    unit, table = shown.units[row], shown.standings
    rank = int(table.rank[row])
    share = math.nan if table.share_verified is None else float(table.share_verified[row])
    return {
        "unit": unit.unit,
        "title": unit.title,
        "rank": rank or None,
        "total": decimal_text(int(table.ticks[row]), shown.framework.rounding) if rank else None,
        "share_verified": None if math.isnan(share) else round(share, 10),
        "submission_number": unit.submission_number,
        "submission_sha256": unit.submission_sha256,
        "parts": [score.document() for score in unit.scores],
    }


def key_set(key: PublicKey) -> Mapping[str, Any]:
    """The key as people and `check-edition --public-key` read it."""
    return {
        "keys": [{"kty": "OKP", "crv": "Ed25519", "x": key.text, "kid": key.key_id, "alg": "Ed25519", "use": "sig"}]
    }
