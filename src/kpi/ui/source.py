"""The dialog that shows a value where it stands: the piece of its sheet around its cell."""

from __future__ import annotations

import streamlit as st

from kpi import settings
from kpi.acting.sources import look
from kpi.importing.excerpt import Excerpt, excerpt
from kpi.importing.findings import Finding
from kpi.importing.readers import Book
from kpi.model import Fact, FactKey, Municipality
from kpi.store import JAPAN
from kpi.ui import data
from kpi.ui.dialogs import dialog
from kpi.ui.html import show
from kpi.ui.person import person
from kpi.words import say


@dialog("source.title", width="large")
def open_source(municipality: Municipality, key: FactKey, batch_id: str) -> None:
    """Open the piece of sheet a batch read a fact from, or say why it cannot be shown."""
    data.require_seen(municipality)
    looked = look(data.engine(), person(), municipality, key, batch_id)
    if looked is None:
        st.info(say("source.none"))
        return
    source, piece = looked.source, looked.piece
    why = ""
    if piece is None:
        why = say("source.not_kept", limit=settings.kept_file_mb())
    elif isinstance(piece, Finding):
        why = f"{piece.message}{piece.hint}"
    elif looked.is_alone:
        why = say("source.alone")
    show(
        "source.html",
        key="source",
        place=source,
        printed=source.value_text,
        accepted=source,
        excerpt=piece if isinstance(piece, Excerpt) else None,
        why=why,
        zone=JAPAN,
    )


@dialog("source.title", width="large")
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
