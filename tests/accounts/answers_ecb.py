"""Files of exchange rates in the forms of the European Central Bank."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

RECENT = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
  <Cube>
    <Cube time="2026-11-24">
      <Cube currency="USD" rate="1.1190"/><Cube currency="GBP" rate="0.8340"/>
    </Cube>
    <Cube time="2026-10-30">
      <Cube currency="USD" rate="1.1172"/><Cube currency="GBP" rate="0.8338"/>
    </Cube>
  </Cube>
</gesmes:Envelope>
"""
HISTORY = (
    "Date,USD,GBP,RUB,\n"
    "2026-11-24,1.1190,0.8340,N/A,\n"
    "2026-10-30,1.1172,0.8338,N/A,\n"
    "2022-03-01,1.1162,0.83360,117.201,\n"
    "1999-01-04,1.1789,0.7111,N/A,\n"
)


def zipped(text: str = HISTORY, *names: str) -> bytes:
    """Pack a file as the history is packed."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name in names or ("eurofxref-hist.csv",):
            archive.writestr(name, text)
    return packed.getvalue()
