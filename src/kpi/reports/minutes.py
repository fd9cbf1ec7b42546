"""議事録: what a meeting looked at and what it decided of each, as a Word document."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date

from docx.shared import Mm, Pt

from kpi.charts import Assessment, Calendar, Style
from kpi.charts.agenda import AgendaItem, agenda_item
from kpi.charts.arrangement import mark_words
from kpi.model import Meeting, WordKind
from kpi.reports.content import told_fixed
from kpi.reports.docx import picture_of
from kpi.reports.word_form.fields import plain
from kpi.reports.word_form.paper import WIDTH, Paper
from kpi.store import JAPAN, FrozenEntry, WordVersion, standing, undecided
from kpi.words import DEFAULT, say, speaking
from kpi.written import full_day, full_year

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: In mm: of the labels, and of the chart beside what is told of an item.
_LABEL, _CHART = 22.0, 84.0


@speaking(DEFAULT)
def minutes(
    assessment: Assessment,
    meeting: Meeting,
    words: Iterable[WordVersion],
    *,
    day: date,
    plan: str,
    fixed: FrozenEntry | None = None,
) -> bytes:
    """Return the minutes of a meeting.

    ``assessment`` is the plan as known on ``day``, in Japan, ``fixed`` how its year was fixed, if
    it was; ``words`` is all that was written down. What came late and was not decided upon stands
    there too, and says so. The same meeting gives the same bytes.
    """
    document = _Minutes(assessment, meeting, list(words))
    document.head(plan)
    for number, series_id in enumerate(meeting.agenda, 1):
        document.item(number, series_id)
    document.foot(day, fixed)
    return document.to_bytes()


class _Minutes(Paper):
    """The minutes while they are put together, from the top down."""

    def __init__(self, assessment: Assessment, meeting: Meeting, words: list[WordVersion]) -> None:
        super().__init__(Style.COLOUR.theme, plain(meeting.title))
        self._assessment, self._meeting, self._words = assessment, meeting, words
        self._stands: Mapping[tuple[int, WordKind], WordVersion] = standing(words)
        self._pictures = 0

    def head(self, plan: str) -> None:
        """Say what meeting it was, when and where, and who was there."""
        meeting, place = self._meeting, self._assessment.municipality.name
        self.paragraph(plain(place))
        self.document.add_paragraph(
            say("minutes.title", title=meeting.title), style="Heading 1"
        ).paragraph_format.space_after = Pt(4)
        table = self.table((_LABEL, WIDTH - _LABEL))
        said = {
            "day": full_day(meeting.day),
            "place": meeting.place,
            "present": say("list.comma").join(meeting.present),
            "plan": say("minutes.plan_of", plan=plan, year=full_year(int(meeting.fiscal_year))),
        }
        for key, text in said.items():
            if text:
                row = table.add_row().cells
                self.label(row[0], say(f"minutes.{key}"))
                self.words(row[1].paragraphs[0], plain(text))

    def item(self, number: int, series_id: int) -> None:
        """Tell of one item: how it stood, and what was said and decided."""
        known = series_id in self._assessment.titles
        item = agenda_item(self._assessment, series_id) if known else None
        title = say("meeting.gone") if item is None else item.title
        heading = self.document.add_paragraph(plain(f"{number}　{title}"), style="Heading 2")
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(12), Pt(2)
        heading.paragraph_format.keep_with_next = True
        if item is not None:
            self._stood(item)
            self.gap()
        table = self.table((_LABEL, WIDTH - _LABEL))
        for kind in WordKind:
            word = self._stands.get((series_id, kind))
            row = table.add_row().cells
            self.label(row[0], say(f"meeting.word.{kind}"))
            text = row[1].paragraphs[0]
            if word is None or not word.text:
                self.words(text, say("minutes.nothing"), colour="ink-3")
                continue
            self.words(text, word.text, bold=kind is WordKind.DECISION or None)
            self.words(text, f"　{_written(word)}", size=7.5, colour="ink-2")
        for word in undecided(self._words):
            if word.series_id == series_id:
                row = table.add_row().cells
                self.label(row[0], say("minutes.late"))
                what = say(f"meeting.word.{word.kind}")
                self.words(row[1].paragraphs[0], f"{what}：{word.text}　")
                self.words(row[1].paragraphs[0], _written(word), size=7.5, colour="ink-2")

    def _stood(self, item: AgendaItem) -> None:
        """Tell how an item stood, with its chart beside it."""
        beside = [item.line.department, item.policy]
        place = self.paragraph("")
        self.words(place, plain("　".join(filter(None, beside))), size=8, colour="ink-2")
        place.paragraph_format.keep_with_next = True
        picture = picture_of(item.spec, Style.COLOUR) if item.spec.points else None
        widths = (WIDTH,) if picture is None else (WIDTH - _CHART, _CHART)
        row = self.table(widths).add_row().cells
        lines = {
            "actual": f"{item.value}{item.line.unit}　{item.when}" if item.value else item.when,
            "rating": _rating(item),
            "target": _aim(item),
            "gap": item.gap,
            "outlook": item.course + item.conclusion,
        }
        told = row[0].paragraphs[0]
        told.paragraph_format.line_spacing = 1.3
        for number, (key, text) in enumerate(lines.items()):
            if not text:
                continue
            if number:
                told.add_run().add_break()
            self.words(told, f"{say(f'minutes.{key}')}　", size=8, colour="ink-2")
            self.words(told, plain(text), bold=key in ("actual", "rating"))
        if picture is not None:
            self._pictures += 1
            run = row[1].paragraphs[0].add_run()
            drawn = run.add_picture(io.BytesIO(picture), width=Mm(_CHART - 4))
            drawn._inline.docPr.set("descr", plain(item.spec.sentence))
            drawn._inline.docPr.set("id", str(self._pictures))
            drawn._inline.docPr.set("name", f"chart{self._pictures}")

    def foot(self, day: date, fixed: FrozenEntry | None) -> None:
        """Say as of which day the figures are, and by which rules they were rated."""
        foot = self.paragraph("")
        foot.paragraph_format.space_before = Pt(10)
        rules = [
            say("verdict.rule", title=rule.title, version=rule.version)
            for rule in self._assessment.rules.values()
        ]
        lines = [say("minutes.as_of", day=full_day(day)), *rules]
        if fixed is not None:
            lines.append(told_fixed(fixed))
        self.words(foot, "　".join(lines), size=7.5, colour="ink-2")
        self.document.core_properties.language = "ja-JP"


def _rating(item: AgendaItem) -> str:
    if item.mark is None:
        return say("minutes.no_rating")
    hand = f"（{item.mark.by_hand}）" if item.mark.by_hand else ""
    return f"{item.mark.sign} {mark_words(item.mark, Calendar.JAPANESE)}{hand}"


def _aim(item: AgendaItem) -> str:
    return f"{item.target}（{item.target_year}）" if item.target_year else item.target


def _written(word: WordVersion) -> str:
    when = word.recorded_at.astimezone(JAPAN)
    return plain(f"{word.author} {when:%Y-%m-%d %H:%M}")
