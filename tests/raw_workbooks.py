"""Workbooks written byte by byte, as no library would write them."""

from __future__ import annotations

import io
import struct
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(parts: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def sheet_xml(rows: str, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def raw_xlsx(
    sheet: str,
    *,
    styles: str = "",
    properties: str = "",
    parts: dict[str, str | bytes] | None = None,
) -> bytes:
    """Make a workbook of one sheet, named S."""
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
            f'Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_RELATED}">{properties}'
            '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
            f'<Relationship Id="rId1" Type="{_RELATED}/worksheet" Target="worksheets/s.xml"/>'
            f'<Relationship Id="rId2" Type="{_RELATED}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rId3" Type="{_RELATED}/sharedStrings" Target="strings.xml"/>'
            "</Relationships>",
            "xl/worksheets/s.xml": sheet,
            "xl/styles.xml": styles or f'<styleSheet xmlns="{MAIN}"/>',
            "xl/strings.xml": f'<sst xmlns="{MAIN}"/>',
            **(parts or {}),
        }
    )


def raw_ods(table: str, styles: str = "") -> bytes:
    """Make an OpenDocument workbook of one sheet, named S."""
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{full}:1.0"'
        for short, full in {
            "office": "office",
            "table": "table",
            "text": "text",
            "style": "style",
            "number": "datastyle",
            "calcext": "calcext",
        }.items()
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<manifest:manifest xmlns:manifest="
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": f"<office:document-content {names}>"
            f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>"
            f'<office:spreadsheet><table:table table:name="S">{table}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def raw_xlsb(cells: list[str | float]) -> bytes:
    """Make a binary workbook of one sheet, named S, with one row."""

    def record(number: int, content: bytes = b"") -> bytes:
        name = bytes([number]) if number < 128 else bytes([number & 127 | 128, number >> 7])
        return name + bytes([len(content)]) + content

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    row = b""
    for column, cell in enumerate(cells):
        place = struct.pack("<II", column, 0)
        if isinstance(cell, str):
            row += record(6, place + wide(cell))
        else:
            row += record(5, place + struct.pack("<d", cell))
    size = struct.pack("<IIII", 0, 0, 0, len(cells) - 1)
    sheet = record(129) + record(148, size) + record(145)
    sheet += record(0, struct.pack("<I", 0) + bytes(13)) + row + record(146) + record(130)
    bundle = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("S"))
    book = record(131) + record(143) + bundle + record(144) + record(132)
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship '
            f'Id="rId1" Type="{_RELATED}/worksheet" Target="worksheets/s.bin"/></Relationships>',
            "xl/worksheets/s.bin": sheet,
        }
    )
