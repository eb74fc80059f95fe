"""Which components of an SDMX message are dimensions, where the message itself does not say so.

Only a data structure definition knows for sure, and messages seldom carry it. SDMX-ML by structure and SDMX-CSV list
dimensions first, then the observed value or the attributes; so the first component that is an attribute everywhere
ends the dimensions. Source: SDMX cross-domain concepts; the structures of ECB, Eurostat, IMF, OECD, ILO, UN.
"""

import re
from collections.abc import Collection, Sequence
from itertools import takewhile

VALUE_IDS = re.compile(r"OBS_VALUE\d*\Z")
MEASURE_IDS = re.compile(r"(MEAS|MEASURE)_\w+\Z")
STATUS_IDS = ("OBS_STATUS", "OBS_FLAG", "obs_status", "obs_flag", "STATUS")
TIME = "TIME_PERIOD"
MEASURE = "MEASURE"  # name of the extra column when a message has several measures
_OF_OBSERVATIONS = """
    OBS_STATUS OBS_FLAG OBS_CONF CONF_STATUS CONF_STATUS_OBS OBS_PRE_BREAK PRE_BREAK_VALUE OBS_COM OBS_COMMENT
    COMMENT_OBS OBS_EDP_WBB COMMENT_TS COMMENT COMMENTS NOTE NOTES NOTE_SOURCE NOTE_INDICATOR NOTE_CLASSIF EMBARGO_DATE
    EMBARGO_TIME LOWER_BOUND UPPER_BOUND STATUS FOOT_NOTE FOOTNOTE REPORTING_TYPE NATURE
"""
_OF_SERIES_AND_DATASETS = """
    TITLE TITLE_COMPL NAT_TITLE TIME_FORMAT COLLECTION COLLECTION_DETAIL COLL_METHOD DECIMALS UNIT_MULT UNIT_MULTIPLIER
    UNIT_INDEX_BASE UNIT_PRICE_BASE PRICE_BASE_UNIT UNIT_DETAIL BASE_PER BASE_PERIOD BASE_YEAR REF_PERIOD
    REF_PERIOD_DETAIL REF_YEAR_PRICE DOM_SER_IDS SOURCE SOURCE_AGENCY SOURCE_PUB SOURCE_DETAIL DATA_SOURCE DATASOURCE
    DISS_ORG COMPILATION COMPILING_ORG COVERAGE COVERAGE_TIME AVAILABILITY BREAKS PUBL_ECB PUBL_MU PUBL_PUBLIC
    METHOD_REF METHODOLOGY METHODOLOGY_NOTES CONTACT CONTACT_POINT PREF_SCALE SCALE SERIES_NAME SERIES_CODE SERIES_DESC
    LAST_UPDATE UPDATED UPDATE_DATE COUNTRY_UPDATE_DATE PUBLICATION_DATE OVERLAP DECIMALS_DISPLAYED TABLE_IDENTIFIER
    TIME_PER_COLLECT TIME_DETAIL AGE_COVERAGE GEO_INFO_URL GEO_INFO_TYPE CUST_BREAKDOWN CUST_BREAKDOWN_LB KEYWORDS
    DOI LICENSE PUBLISHER DEPARTMENT LANGUAGE SHORT_SOURCE_CITATION FULL_SOURCE_CITATION SUGGESTED_CITATION
    FULL_DESCRIPTION ACCURACY HISTORICAL_DATA_SOURCE LATEST_ACTUAL_ANNUAL_DATA PRIMARY_DOMESTIC_CURRENCY CHAIN_WEIGHTED
"""
_ATTRIBUTES = frozenset(f"{_OF_OBSERVATIONS} {_OF_SERIES_AND_DATASETS}".split())
# A dimension in some structures, an attribute in others: they are what their neighbours are.
_EITHER = frozenset(("UNIT", "UNIT_MEASURE"))
_NUMBERED = re.compile(r"ATT(R|RIBUTE)?_?\d+\Z")


def is_attribute(name: str) -> bool:
    """Whether a component is an attribute in every structure we know of."""
    name = name.upper()
    return name in _ATTRIBUTES or name.startswith(("ATTR_", "EXT_")) or _NUMBERED.match(name) is not None


def dimensions_of(components: Sequence[str], known: Collection[str] = ()) -> list[str]:
    """The dimensions among the components of a series or observation, in the order given.

    `known` are the dimensions that the message names elsewhere: then only those. The time is always one of them.
    """
    if known:
        return [name for name in components if name in known]
    found = list(takewhile(lambda name: not is_attribute(name), components))
    if len(found) < len(components):
        while len(found) > 1 and found[-1].upper() in _EITHER:
            found.pop()  # the last before the attributes is their first
    if TIME in components and TIME not in found:
        found.append(TIME)
    return found
