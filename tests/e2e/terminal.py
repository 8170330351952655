"""Draws a terminal session as SVG: the picture at the top of the README."""

from html import escape

CHARACTER, LINE, MARGIN = 8.43, 20, 18
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace"
STYLE = f"""text {{ font: 14px {FONTS}; fill: #d6deeb; white-space: pre }}
.prompt {{ fill: #82cf8b; font-weight: bold }} .comment {{ fill: #8b98a9 }} .code {{ fill: #7fb4f5 }} .bad {{ fill: #ff8a80; font-weight: bold }}
.good {{ fill: #82cf8b; font-weight: bold }}"""


def columns(text):
    """Returns the width of a text in terminal columns; Chinese characters take two."""
    return sum(2 if "\u2e80" <= character <= "\uffef" else 1 for character in text)


def span(kind, text):
    return f'<tspan class="{kind}">{escape(text)}</tspan>'


def drawn(line, kind=None):
    """Returns the content of one line. Lines of a kind, prompts, comments and codes in brackets have colours."""
    if kind:
        return span(kind, line)
    if line.startswith("$ "):
        return span("prompt", "$") + escape(line[1:])
    for mark, kind in ((" # ", "comment"), (" [", "code")):
        start = line.rfind(mark)
        if start > 0 and (mark != " [" or line.endswith("]")):
            return escape(line[: start + 1]) + span(kind, line[start + 1 :])
    return escape(line)


def svg(title, lines):
    """Returns an SVG image of lines, each of them a text and its kind: `good`, `bad` or None. The title is its description."""
    width = round(max(columns(line) for line, _ in lines) * CHARACTER + 2 * MARGIN)
    height = len(lines) * LINE + 2 * MARGIN + 16
    rows = "\n".join(
        f'<text x="{MARGIN}" y="{MARGIN + 26 + LINE * number}" xml:space="preserve">{drawn(line, kind)}</text>'
        for number, (line, kind) in enumerate(lines)
        if line
    )
    lights = "".join(
        f'<circle cx="{MARGIN + 4 + 18 * place}" cy="16" r="5" fill="{colour}"/>'
        for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n"
        f'<rect width="{width}" height="{height}" rx="9" fill="#10161f"/>{lights}\n{rows}\n</svg>\n'
    )
