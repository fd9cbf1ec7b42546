"""The process in which a form from outside is examined and filled: what happens here stays here.

Started by `kpi.reports.word_form.apart` with its limit of memory and the language of what it says
of the form as arguments. It says that it is there; then it is sent the form, a sheet after the
other, and at last what the document is about.
"""

from __future__ import annotations

import json
import sys
from datetime import date

from jinja2 import TemplateError
from lxml.etree import XMLSyntaxError

from kpi.importing.readers import receive, send
from kpi.importing.reading_process import limit_memory
from kpi.reports.word_form.examination import examine
from kpi.reports.word_form.fields import example_values
from kpi.reports.word_form.filling import Form, NotAllowed
from kpi.words import say, speaking


def main() -> None:
    """Answer the faults of a form; then fill it as long as there are sheets."""
    limit_memory(int(sys.argv[1]))
    there, back = sys.stdin.buffer, sys.stdout.buffer

    def answer(message: bytes) -> None:
        send(back, message)
        back.flush()

    answer(b"")
    template, colours = receive(there), json.loads(receive(there))
    with speaking(sys.argv[2]):
        faults = examine(template) or _tried(template, colours)
    answer(json.dumps(faults).encode())
    if faults:
        return
    form = Form(template, colours)
    while values := json.loads(receive(there)):
        picture = receive(there)
        form.add(values, picture or None, *json.loads(receive(there)))
        answer(b"")
    shared, title, day = json.loads(receive(there))
    answer(form.to_bytes(shared, title, date.fromisoformat(day)))


def _tried(template: bytes, colours: dict[str, str]) -> list[str]:
    """Return what stands in the way of filling a form, though every placeholder is right."""
    values = example_values()
    try:
        form = Form(template, colours)
        form.add(values, None, "", "")
        form.to_bytes(values, "", date(2000, 1, 1))
    except (TemplateError, XMLSyntaxError, NotAllowed, ValueError, KeyError, AttributeError):
        return [say("report.docx.fault.not_filled")]
    return []


if __name__ == "__main__":
    main()
