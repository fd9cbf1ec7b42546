"""The dialog that shows a value where it stands: the piece of its sheet around its cell."""

from __future__ import annotations

import streamlit as st

from kpi import settings
from kpi.importing.excerpt import excerpt, read_excerpt
from kpi.importing.findings import Finding
from kpi.importing.readers import Book
from kpi.model import Fact, FactKey, Municipality
from kpi.store import JAPAN, fact_source
from kpi.ui import data
from kpi.ui.html import show
from kpi.words import say


@st.dialog(say("source.title"), width="large")
def open_source(municipality: Municipality, key: FactKey, batch_id: str) -> None:
    """Open the piece of sheet a batch read a fact from, or say why it cannot be shown."""
    data.require_seen(municipality)
    source = fact_source(data.engine(), municipality, key, batch_id)
    if source is None:
        st.info(say("source.none"))
        return
    piece = None
    why = ""
    if source.content is None:
        why = say("source.not_kept", limit=settings.kept_file_mb())
    else:
        read = read_excerpt(source.file, source.content, source.sheet, source.cell)
        if isinstance(read, Finding):
            why = f"{read.message}{read.hint}"
        else:
            piece = read
    show(
        "source.html",
        key="source",
        place=source,
        printed=source.value_text,
        accepted=source,
        excerpt=piece,
        why=why,
        zone=JAPAN,
    )


@st.dialog(say("source.title"), width="large")
def open_place(book: Book, fact: Fact) -> None:
    """Open the piece of sheet a fact was read from that nobody has accepted yet."""
    place = fact.provenance
    sheet = next((sheet for sheet in book.sheets if place and sheet.name == place.sheet), None)
    if place is None or sheet is None:
        st.info(say("source.none"))
        return
    show(
        "source.html",
        key="source",
        place=place,
        printed=fact.value_text,
        accepted=None,
        excerpt=excerpt(sheet, place.cell),
        why="",
        zone=JAPAN,
    )
