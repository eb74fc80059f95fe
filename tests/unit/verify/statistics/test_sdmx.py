"""SDMX in all its clothes: CSV, JSON and XML of several versions give the same rows."""

import json
from typing import Any

import pytest

from shared.contracts.refusals import BadInput
from tests.unit.verify.statistics.tidying import tidied

KEY = ("FREQ", "REF_AREA", "TIME_PERIOD")
ROWS = [("A", "VN", "2023", "5.05", "A"), ("A", "VN", "2024", "", "M"), ("A", "LA", "2023", "4.20", "P")]


def header(at: str = "TIME_PERIOD") -> str:
    return f'<m:Header><m:ID>X</m:ID><m:Structure structureID="S" dimensionAtObservation="{at}"/></m:Header>'


def message(root: str, body: str, at: str = "TIME_PERIOD") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<m:{root} xmlns:m="m" xmlns:g="g" xmlns:d="d" xmlns:xsi="x">'
        f"{header(at)}<m:DataSet>\n{body}</m:DataSet></m:{root}>"
    )


SPECIFIC = message(
    "StructureSpecificData",
    '<Group xsi:type="d:G" REF_AREA="VN" TITLE="Viet Nam"/>\n'
    '<Series FREQ="A" REF_AREA="VN" UNIT_MULT="0" TITLE="x">\n'
    '<Obs TIME_PERIOD="2023" OBS_VALUE="5.05" OBS_STATUS="A"/>\n'
    '<Obs TIME_PERIOD="2024" OBS_STATUS="M"/></Series>\n'
    '<Series FREQ="A" REF_AREA="LA" UNIT_MULT="0" TITLE="y">'
    '<Obs TIME_PERIOD="2023" OBS_VALUE="4.20" OBS_STATUS="P"/></Series>',
)
SPECIFIC_FLAT = message(
    "StructureSpecificData",
    '<Obs FREQ="A" REF_AREA="VN" DECIMALS="2" UNIT_MEASURE="PC" TIME_PERIOD="2023" OBS_VALUE="5.05" OBS_STATUS="A"/>'
    '<Obs FREQ="A" REF_AREA="VN" DECIMALS="2" UNIT_MEASURE="PC" TIME_PERIOD="2024" OBS_VALUE="NaN" OBS_STATUS="M"/>'
    '<Obs FREQ="A" REF_AREA="LA" DECIMALS="2" UNIT_MEASURE="PC" TIME_PERIOD="2023" OBS_VALUE="4.20" OBS_STATUS="P"/>',
    "AllDimensions",
)


def generic_observation(year: str, value: str | None, status: str) -> str:
    given = f'<g:ObsValue value="{value}"/>' if value else ""
    attributes = f'<g:Attributes><g:Value id="OBS_STATUS" value="{status}"/></g:Attributes>'
    return f'<g:Obs><g:ObsDimension value="{year}"/>{given}{attributes}</g:Obs>'


def generic_series(area: str, observations: str) -> str:
    return (
        f'<g:Series><g:SeriesKey><g:Value id="FREQ" value="A"/><g:Value value="{area}" id="REF_AREA"/></g:SeriesKey>'
        f'<g:Attributes><g:Value id="TITLE" value="t"/></g:Attributes>{observations}</g:Series>'
    )


GENERIC = message(
    "GenericData",
    '<g:Group type="Sibling"><g:GroupKey><g:Value id="REF_AREA" value="VN"/></g:GroupKey></g:Group>'
    + generic_series("VN", generic_observation("2023", "5.05", "A") + generic_observation("2024", None, "M"))
    + generic_series("LA", generic_observation("2023", "4.20", "P")),
)
GENERIC_FLAT = message(
    "GenericData",
    "".join(
        f'<g:Obs><g:ObsKey><g:Value id="FREQ" value="{row[0]}"/><g:Value id="REF_AREA" value="{row[1]}"/>'
        f'<g:Value id="TIME_PERIOD" value="{row[2]}"/></g:ObsKey>'
        + (f'<g:ObsValue value="{row[3]}"/>' if row[3] else "")
        + f'<g:Attributes><g:Value id="OBS_STATUS" value="{row[4]}"/></g:Attributes></g:Obs>'
        for row in ROWS
    ),
    "AllDimensions",
)
GENERIC_2_0 = (
    '<?xml version="1.0"?><GenericData xmlns="urn:m" xmlns:g="urn:g"><Header><ID>x</ID></Header><DataSet>'
    "<g:KeyFamilyRef>X</g:KeyFamilyRef>"
    + "".join(
        f'<g:Series><g:SeriesKey><g:Value concept="FREQ" value="A"/><g:Value concept="REF_AREA" value="{area}"/>'
        "</g:SeriesKey>"
        + "".join(
            f'<g:Obs><g:Time>{row[2]}</g:Time><g:ObsValue value="{row[3] or "NaN"}"/><g:Attributes>'
            f'<g:Value concept="OBS_STATUS" value="{row[4]}"/></g:Attributes></g:Obs>'
            for row in ROWS
            if row[1] == area
        )
        + "</g:Series>"
        for area in ("VN", "LA")
    )
    + "</DataSet></GenericData>"
)
COMPACT_2_0 = (
    '<?xml version="1.0"?><CompactData xmlns="urn:m" xmlns:b="urn:b"><Header><ID>x</ID></Header><b:DataSet>'
    '<b:SiblingGroup REF_AREA="VN" TITLE="t"/>'
    '<b:Series FREQ="A" REF_AREA="VN" TIME_FORMAT="P1Y"><b:Obs TIME_PERIOD="2023" OBS_VALUE="5.05" OBS_STATUS="A"/>'
    '<b:Obs TIME_PERIOD="2024" OBS_VALUE="NaN" OBS_STATUS="M"/></b:Series>'
    '<b:Series FREQ="A" REF_AREA="LA" TIME_FORMAT="P1Y"><b:Obs TIME_PERIOD="2023" OBS_VALUE="4.20" OBS_STATUS="P"/>'
    "</b:Series></b:DataSet></CompactData>"
)
CSV_1 = "DATAFLOW,FREQ,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MULT\n" + "".join(
    f"A:B(1.0),{','.join(row)},0\n" for row in ROWS
)
CSV_EUROSTAT = "DATAFLOW,LAST UPDATE,FREQ,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\r\n" + "".join(
    f"ESTAT:B(1.0),01/02/25 11:00:00,{','.join(row)},\r\n" for row in ROWS
)
CSV_ECB = "KEY,FREQ,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS,TITLE\n" + "".join(
    f'EXR.{row[0]}.{row[1]},{",".join(row)},"a, b"\n' for row in ROWS
)
CSV_2_LABELS = (
    "STRUCTURE[;],STRUCTURE_ID,ACTION,FREQ: Frequency,REF_AREA: Area,TIME_PERIOD: Time,OBS_VALUE: Value,"
    "OBS_STATUS: Status\n"
    + "".join(
        f"dataflow,A:B(1.0): Name,I,{row[0]}: Annual,{row[1]}: Some area,{row[2]},{row[3]},{row[4]}: Said\n"
        for row in ROWS
    )
)
CSV_2_NAMES = (
    "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,FREQ,Frequency,REF_AREA,Area,TIME_PERIOD,Time,OBS_VALUE,Value,"
    "OBS_STATUS,Status\n"
    + "".join(
        f"dataflow,A:B(1.0),Name,I,{row[0]},Annual,{row[1]},Some,{row[2]},,{row[3]},,{row[4]},Said\n" for row in ROWS
    )
)
CSV_2_FRENCH = "STRUCTURE[|];STRUCTURE_ID;ACTION;FREQ;REF_AREA;TIME_PERIOD;OBS_VALUE;OBS_STATUS\n" + "".join(
    f"dataflow;A:B(1.0);I;{';'.join(row).replace('.', ',')}\n" for row in ROWS
)


@pytest.mark.parametrize(
    "text",
    [
        *(SPECIFIC, SPECIFIC_FLAT, GENERIC, GENERIC_FLAT, GENERIC_2_0, COMPACT_2_0),
        *(CSV_1, CSV_EUROSTAT, CSV_ECB, CSV_2_LABELS, CSV_2_NAMES, CSV_2_FRENCH),
    ],
)
def test_every_clothing_gives_the_same_rows(text: str) -> None:
    got = tidied(text, "sdmx")
    assert (got.dimensions, got.rows, got.bad) == (KEY, ROWS, [])


def test_utf_16_is_read_in_every_clothing() -> None:
    for text in (SPECIFIC.replace("UTF-8", "UTF-16"), CSV_1, json.dumps(sdmx_json(1, "flat"))):
        assert [row[:3] for row in tidied(text.encode("utf-16")).rows] == [row[:3] for row in ROWS]


def values(*codes: str) -> list[dict[str, str]]:
    return [{"id": code, "name": code.lower()} for code in codes]


def sdmx_json(version: int, shape: str, **of_data_set: Any) -> dict[str, Any]:
    freq = {"id": "FREQ", "keyPosition": 0, "values": values("A")}
    area = {"id": "REF_AREA", "keyPosition": 1, "values": values("VN", "LA")}
    time = {"id": "TIME_PERIOD", "values": values("2023", "2024")}
    levels = {
        "series": {"dataSet": [freq], "series": [area], "observation": [time]},
        "flat": {"dataSet": [freq], "series": [], "observation": [area, time]},
        "across": {"dataSet": [freq], "series": [time], "observation": [area]},
    }[shape]
    structure = {
        "dimensions": levels,
        "attributes": {"observation": [{"id": "TITLE", "values": []}, {"id": "OBS_STATUS", "values": values(*"AMP")}]},
    }
    data = {
        "series": {"series": {"0": {"observations": {"0": [5.05, None, 0], "1": [None, None, 1]}},
                              "1": {"observations": {"0": [4.20, None, 2]}}}},
        "flat": {"observations": {"0:0": [5.05, None, 0], "0:1": [None, None, 1], "1:0": [4.20, None, 2]}},
        "across": {"series": {"0": {"observations": {"0": [5.05, None, 0], "1": [4.20, None, 2]}},
                              "1": {"observations": {"0": [None, None, 1]}}}},
    }[shape]  # fmt: skip
    sets = [{"action": "Information", **data, **of_data_set}]
    if version == 1:
        return {"header": {"id": "x"}, "dataSets": sets, "structure": structure}
    measures = {"observation": [{"id": "OBS_VALUE", "format": {"dataType": "Double"}}]}
    return {"meta": {"id": "x"}, "data": {"dataSets": [{"structure": 0, **one} for one in sets],
                                           "structures": [{**structure, "measures": measures}]}}  # fmt: skip


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("shape", ["series", "flat"])
def test_json_of_both_versions(version: int, shape: str) -> None:
    got = tidied(json.dumps(sdmx_json(version, shape)).replace("4.2,", "4.20,"), "sdmx")
    assert (got.dimensions, got.rows) == (KEY, ROWS)


def test_json_across_sections_ends_with_the_dimension_at_observation() -> None:
    got = tidied(json.dumps(sdmx_json(1, "across")))
    assert got.dimensions == ("FREQ", "TIME_PERIOD", "REF_AREA")
    assert got.rows[1] == ("A", "2023", "LA", "4.2", "P")


def test_what_a_message_takes_back_is_no_cell() -> None:
    document = sdmx_json(1, "flat")
    document["dataSets"].append({"action": "Delete", "observations": {"1:1": []}})
    got = tidied(json.dumps(document))
    assert len(got.rows) == 3
    assert got.remarks == ["file: 1 observations are taken back by this message; they are left out."]
    gone = CSV_2_FRENCH.replace(";I;A;LA", ";D;A;LA")
    assert len(tidied(gone).rows) == 2
    gone = SPECIFIC.replace('<Obs TIME_PERIOD="2024"', '<Obs action="D" TIME_PERIOD="2024"')
    assert [row[2] for row in tidied(gone).rows] == ["2023", "2023"]
    assert tidied(SPECIFIC.replace("<m:DataSet>", '<m:DataSet action="Delete">')).rows == []


def test_two_measures_give_a_row_each() -> None:
    text = (
        "STRUCTURE[;],STRUCTURE_ID,ACTION,OBS_VALUE1,OBS_VALUE2,ATTR_1[],DIM_2,DIM_1\ndataflow,A:B(1),I,1,2,X;Y,b,a\n"
    )
    got = tidied(text)
    assert got.dimensions == ("DIM_2", "DIM_1", "MEASURE")
    assert got.rows == [("b", "a", "OBS_VALUE1", "1", ""), ("b", "a", "OBS_VALUE2", "2", "")]


def test_rows_that_describe_a_part_of_the_key_are_no_cells() -> None:
    got = tidied("STRUCTURE,STRUCTURE_ID,ACTION,D1,D2,OBS_VALUE,ATTR_1\ndataflow,A,I,a,b,1,\ndataflow,A,I,,b,,note\n")
    assert got.rows == [("a", "b", "1", "")]
    assert "1 rows only describe a part" in got.remarks[0]


def test_attributes_before_the_value_are_no_dimensions() -> None:
    got = tidied("DATAFLOW,FREQ,UNIT_MULT,TIME_PERIOD,OBS_VALUE\nx,A,3,2023,1\n")
    assert got.dimensions == ("FREQ", "TIME_PERIOD")


def test_measures_with_a_type_of_their_own() -> None:
    body = (
        '<Series FREQ="A" TIME_PERIOD="2007" COUNTRY="BE"><Obs xsi:type="d:TFR" OBS_VALUE="1.82" OBS_STATUS="A"/>'
        '<Obs xsi:type="d:DEATHS" OBS_STATUS="M"/></Series>'
    )
    got = tidied(message("StructureSpecificData", body, "DEMO"))
    assert got.dimensions == ("FREQ", "TIME_PERIOD", "COUNTRY", "DEMO")
    assert got.rows == [("A", "2007", "BE", "TFR", "1.82", "A"), ("A", "2007", "BE", "DEATHS", "", "M")]


def test_version_3_components_with_several_values() -> None:
    body = (
        '<Series FREQ="A" CURRENCY="CAD" TIME_FORMAT="P1Y"><Comp id="TITLE"><Value><m:Text>One</m:Text></Value></Comp>'
        '<Obs TIME_PERIOD="2017" OBS_VALUE="1.46"><Comp id="OBS_STATUS"><Value>A</Value><Value>F</Value></Comp></Obs>'
        "</Series>"
    )
    got = tidied(message("StructureSpecificData", body))
    assert got.dimensions == ("FREQ", "CURRENCY", "TIME_PERIOD")
    assert got.rows == [("A", "CAD", "2017", "1.46", "A;F")]


def test_series_with_different_components_share_one_table() -> None:
    body = "".join(
        f'<Series {key}><Obs TIME_PERIOD="1" OBS_VALUE="{number}"/></Series>'
        for number, key in enumerate(('A="1"', 'A="2" B="3"'), 1)
    )
    got = tidied(message("StructureSpecificData", body))
    assert got.dimensions == ("A", "TIME_PERIOD", "B")
    assert got.rows == [("1", "1", "", "1", ""), ("2", "1", "3", "2", "")]


def test_the_dimensions_that_the_message_describes_itself_count() -> None:
    described = (
        "<m:Structures><DataStructure><DataStructureComponents><DimensionList>"
        '<Dimension id="TITLE"/><TimeDimension id="TIME_PERIOD"/></DimensionList>'
        "</DataStructureComponents></DataStructure></m:Structures><m:DataSet>"
    )
    body = '<Series TITLE="x" UNIT="y"><Obs TIME_PERIOD="1" OBS_VALUE="1"/></Series>'
    got = tidied(message("StructureSpecificData", body).replace("<m:DataSet>", described))
    assert got.dimensions == ("TITLE", "TIME_PERIOD")


def test_a_footer_is_said_and_a_structure_message_has_no_rows() -> None:
    text = message("GenericData", "").replace(
        "</m:GenericData>",
        '<f:Footer xmlns:f="f"><f:Message code="413"><m:Text>Too large</m:Text></f:Message></f:Footer></m:GenericData>',
    )
    assert tidied(text).remarks == ["file: The sender says: Too large"]
    got = tidied('<m:Structure xmlns:m="m"><DimensionList><Dimension id="FREQ"/></DimensionList></m:Structure>')
    assert (got.dimensions, got.rows) == (("FREQ",), [])


def test_bad_cells_are_located() -> None:
    got = tidied(SPECIFIC.replace('"5.05"', '"five"'))
    assert got.rows[0] == ("A", "VN", "2023", "", "error")
    assert got.bad == ["file:5:58: Expected a number, found “five”; the cell is marked “error”."]
    got = tidied(CSV_1.replace("5.05", "five"))
    assert got.bad == ["file:2:OBS_VALUE: Expected a number, found “five”; the cell is marked “error”."]
    got = tidied(json.dumps(sdmx_json(1, "flat")).replace("5.05", '"five"'))
    assert got.bad == [
        "file:dataSets[0].observations.0:0: Expected a number, found “five”; the cell is marked “error”."
    ]
    got = tidied(CSV_1.replace(",0\n", "\n", 1))
    assert (got.statuses[0], got.bad) == ("error", ["file:2: Expected 7 cells, found 6."])


def test_text_throughout_is_a_measure_of_text() -> None:
    got = tidied(SPECIFIC.replace('"5.05"', '"low"').replace('"4.20"', '"high"'))
    assert (got.values, got.bad) == (["low", "", "high"], [])


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<m:GenericData xmlns:m='m'>&b;</m:GenericData>"
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "file:1: A document type declaration does not belong into SDMX"),
        (SPECIFIC[:-30], "The XML is broken at this place."),
        ("<feed xmlns='x'/>", "no SDMX data that can be read (it starts with “feed”)"),
        (json.dumps({**sdmx_json(1, "flat"), "structure": {}}), "describes no dimensions"),
        (json.dumps(sdmx_json(1, "flat", observations={"0": [1]})), "does not fit the 2 dimensions"),
        (json.dumps(sdmx_json(1, "flat", observations={"0:9": [1]})), "names no value of “TIME_PERIOD”"),
        (json.dumps(sdmx_json(2, "flat", structure=7)), "names a structure that is not there"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        tidied(text)
    assert words in refused.value.faults[0].in_language("en")
