"""A terminal's rows as an SVG: texts stay texts, and the background is its own, for light and dark pages."""

import itertools
import re
import xml.etree.ElementTree as xml

FONTS = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
SIZE, CELL, ROW, MARGIN = 14, 8.4, 19, 18
BACKGROUND, BORDER, TEXT, DIM = "#0d1117", "#6e7681", "#e6edf3", "#9198a1"
COLOURS = {"red": "#ff7b72", "green": "#56d364", "yellow": "#e3b341"}
# Words of one row, a symbol, or a bar made of one character; two spaces part one from the next.
PART = re.compile(r"([^\x00-\xff])\1*|[!-\xff]+(?: [!-\xff]+)*")


def number(value):
    """Without needless zeros."""
    return f"{value:.1f}".removesuffix(".0")


def look(style):
    """The attributes of a text of this style."""
    attributes = {}
    if style.colour:
        attributes["fill"] = COLOURS[style.colour]
    elif style.dim:
        attributes["fill"] = DIM
    if style.bold:
        attributes["font-weight"] = "bold"
    return attributes


def parts(row):
    """What stands in a row: column, text and style of each part."""
    column = 0
    for style, group in itertools.groupby(row, key=lambda cell: cell.style):
        text = "".join(cell.character for cell in group)
        for found in PART.finditer(text):
            yield column + found.start(), found[0], style
        column += len(text)


def draw_row(root, row, y):
    """A row of the terminal; each part is where its column is, whatever font there is."""
    line = xml.SubElement(root, "g")
    for column, text, style in parts(row):
        attributes = {"x": number(MARGIN + column * CELL), "y": number(y), **look(style)}
        if len(text) > 1:
            attributes |= {"textLength": number(len(text) * CELL), "lengthAdjust": "spacingAndGlyphs"}
        xml.SubElement(line, "text", attributes).text = text


def svg(rows, title):
    """The rows, which are lists of cells, as the text of an SVG file."""
    width = 2 * MARGIN + CELL * max(column + len(text) for row in rows for column, text, _ in parts(row))
    height = 2 * MARGIN + ROW * len(rows)
    root = xml.Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "width": number(width), "height": number(height),
        "viewBox": f"0 0 {number(width)} {number(height)}", "role": "img",
        "font-family": FONTS, "font-size": number(SIZE), "fill": TEXT,
    })
    xml.SubElement(root, "title").text = title
    xml.SubElement(root, "rect", {"x": "0.5", "y": "0.5", "width": number(width - 1), "height": number(height - 1),
                                  "rx": "8", "fill": BACKGROUND, "stroke": BORDER})
    for i, row in enumerate(rows):
        if any(cell.character != " " for cell in row):
            draw_row(root, row, MARGIN + ROW * i + SIZE)
    xml.indent(root, " ")
    return xml.tostring(root, encoding="unicode") + "\n"
