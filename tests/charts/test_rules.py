"""Plans judged by other rules than the standard one, or by several; and rules in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kpi.charts import (
    assess,
    condition_words,
    describe,
    draw,
    lead,
    policy_lines,
    progress_table,
    refusal,
    theme,
    verdict,
)
from kpi.progress import RuleRefused, load_rule, parse_rule, rule_names, rule_text
from kpi.progress.rating import SHAPES
from kpi.store import StoredRule, open_database, plans, read_plan


@pytest.fixture(scope="module")
def content(sample_file):
    engine = open_database(f"sqlite:///{sample_file}")
    header = next(h for h in plans(engine) if h.plan.name == "見本市総合計画")
    return read_plan(engine, header)


def with_rules(content, rules, plan_rule=""):
    """The plan with rules of their own for some series, by their title."""
    series = content.series
    own = series["indicator"].map(
        lambda name: next((r for n, r in rules if name.startswith(n)), "")
    )
    return replace(content, series=series.assign(rule=own), rule=plan_rule)


def stored(name, text, version):
    recorded = datetime(2025, 6, 30, tzinfo=UTC)
    return StoredRule(name, version, text, "planner", "会議で決めた", recorded, "x")


@pytest.mark.parametrize("name", rule_names())
def test_every_rule_tells_the_whole_sample(content, name):
    assessment = assess(content, 2024, load_rule(name))
    assert lead(assessment, 3)
    for line in assessment.lines(3):
        for target in assessment.main_targets(line.series_id).values():
            told = verdict(assessment, line, target)
            assert load_rule(name).title in told.rule
    draw(describe(assessment, line, 3), theme("light"))
    table = progress_table(assessment)
    # Either a rating, or why there is none.
    assert ((table["rating"] == "") == (table["reason"] != "")).all()
    assert set(table["rule"]) == {name}


def test_a_plan_is_judged_by_the_rule_chosen_for_it(content):
    assessment = assess(with_rules(content, [], "nagano"), 2024)
    assert assessment.rule.name == "nagano"
    assert {band.label for band in assessment.bands.values()} == {
        "順調",
        "おおむね順調",
        "努力を要する",
        "評価不能",
    }
    assert assess(content, 2024).rule.name == "standard"


def test_two_rules_of_one_plan_may_share_letters(content):
    assessment = assess(with_rules(content, [("特定健康診査", "nagano")]), 2024)
    [line] = [li for li in assessment.lines(3) if li.indicator.startswith("特定健康診査")]
    mark = line.marks[3]
    assert (mark.band, mark.letter, mark.label) == ("nagano/C", "C", "努力を要する")
    third = assessment.summaries[2]
    assert third.counts["nagano/C"] == 1
    assert third.counts["C"] == assess(content, 2024).summaries[2].counts["C"] - 1
    assert third.labels["nagano/C"] == "努力を要する（長野県の3段階）"
    assert "努力を要する（長野県の3段階）は1系列" in lead(assessment, 3)
    assert list(assessment.rules) == ["standard", "nagano"]
    told = verdict(assessment, line, assessment.main_targets(line.series_id)[3])
    assert told.rule == "評価：長野県の3段階 第1版。"


def test_a_rule_of_ones_own_judges_in_the_version_on_record(content):
    text = rule_text("nagano").replace("0.8", "0.6").replace("長野県の3段階", "見本市の評価")
    own = replace(content, rule="mihon", rules=(stored("mihon", text, 4),))
    assessment = assess(own, 2024)
    assert (assessment.rule.title, assessment.rule.version) == ("見本市の評価", 4)
    [line] = [li for li in assessment.lines(3) if li.indicator.startswith("特定健康診査")]
    # 67.7 % of the way.
    assert line.marks[3].label == "おおむね順調"


def test_a_rule_of_ones_own_comes_before_one_of_the_same_name(content):
    text = rule_text("standard").replace("標準ルール", "うちの標準")
    own = replace(content, rules=(stored("standard", text, 2),))
    assert assess(own, 2024).rule.title == "うちの標準"


def test_one_rule_asked_for_judges_all_series(content):
    mixed = with_rules(content, [("特定健康診査", "nagano")], "tama")
    assessment = assess(mixed, 2024, load_rule("sano"))
    assert list(assessment.rules) == ["sano"]
    assert set(progress_table(assessment)["rule"]) == {"sano"}


def test_a_series_without_a_target_is_told_by_its_growth(content):
    facts = content.facts[content.facts["kind"] != "target"]
    assessment = assess(replace(content, facts=facts), 2024, load_rule("open-sdg"))
    [line] = [li for li in assessment.lines(0) if li.indicator.startswith("特定健康診査")]
    target = assessment.main_targets(line.series_id)[0]
    # From the base FY2014 to FY2024.
    assert target.growth == pytest.approx((38.9 / 32.4) ** (1 / 10) - 1)
    assert line.why[0] == "年平均 1.8％の伸び（良い向き）"
    told = verdict(assessment, line, target)
    assert told.sentence == (
        "目標のない系列で、令和6年度（速報）は38.9％。良い向きへの伸びは年平均1.8％です。"
    )


def test_why_a_rule_gives_no_rating_is_said_in_a_sentence(content):
    assessment = assess(content, 2024, load_rule("national-evaluation"))
    reasons = set(progress_table(assessment)["reason"])
    assert "評価ルールがひな形のままで、境の値が決められていません。" in reasons
    assessment = assess(content, 2024, load_rule("sano"))
    [line] = [li for li in assessment.lines(3) if li.indicator.startswith("財政調整基金")]
    told = verdict(assessment, line, assessment.main_targets(line.series_id)[3])
    assert told.sentence.endswith("評価ルールで使う「達成率」がないため、評価できません。")


def test_policies_count_what_the_period_counts(content):
    assessment = assess(content, 2024)
    lines = policy_lines(assessment, 3)
    tops = [line for line in lines if line.depth == 0]
    third = assessment.summaries[2]
    assert {
        band: sum(line.counts.get(band, 0) for line in tops) for band in third.counts
    } == third.counts
    for line in lines:
        assert line.total == sum(line.counts.values())
        # Best first: A, B, C, D.
        rated = sorted(set(line.counts) - {"N"})
        assert line.worst == (rated[-1] if rated else None)


def test_a_period_the_plan_has_not_has_no_policies(content):
    assert policy_lines(assess(content, 2024), 9) == []


HEAD = 'title = "t"\nversion = 1\nsummary = "s"\n[limits]\n"境" = nan\n'
BAND = """[growth]
[[band]]
letter = "A"
label = "l"
colour = "a"
shape = "ring"
spoken = "s"
when = """


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("{}", "上のどれでもない"),
        ("{ met = true }", "目標を満たす"),
        ("{ worse_than_base = false }", "基準より悪くない"),
        ("{ progress = { at_least = 0.8 } }", "進捗率が80％以上"),
        ("{ improvement = { below = -0.125 } }", "基準からの改善の割合が−12.5％未満"),
        ("{ pace = { below = 0.8, at_least = 0.6 } }", "ペースが0.6以上0.8未満"),
        ("{ pace = { at_most = 2, above = 1 } }", "ペースが1より大きく2以下"),
        ("{ beyond = { at_least = 0, at_most = 0 } }", "目標を超えた分がちょうど0"),
        ("{ progress = { above = '境' } }", "進捗率が（未設定）より大きい"),
        (
            "[{ met = true }, { elapsed = { above = 1 }, progress = { at_least = 0.6 } }]",
            "目標を満たす、または（経過率が100％より大きい、かつ進捗率が60％以上）",
        ),
    ],
)
def test_a_band_is_told_in_words(when, words):
    assert condition_words(parse_rule("x", HEAD + BAND + when).bands[0]) == words


def test_a_broken_rule_is_refused_in_a_sentence_with_its_line():
    with pytest.raises(RuleRefused) as refused:
        parse_rule("x", HEAD + BAND.replace('"ring"', '"heart"') + "{}")
    assert refusal(refused.value) == (
        "11行目：「heart」は書けません。star、ring-dot、ring、diamond、triangle、triangle-down、"
        "cross のどれかにしてください。"
    )
    with pytest.raises(RuleRefused) as refused:
        parse_rule("x", HEAD + BAND + "{ pace = 1 }")
    assert refusal(refused.value) == (
        "13行目：「pace」は at_least、above、at_most、below の境を付けて書いてください。"
        "例：pace = { at_least = 0.8 }"
    )
    with pytest.raises(RuleRefused) as refused:
        parse_rule("x", HEAD + "[options]\ntolerance = -1\n" + BAND + "{}")
    assert refusal(refused.value) == "7行目：「tolerance」には0以上の数を書いてください。"


def test_every_shape_is_drawn_differently():
    from kpi.ui.html import _templates
    from kpi.ui.series_filter import SIGNS

    marks = _templates.get_template("marks.html").module
    shapes = [*SHAPES, "dash"]
    assert list(SIGNS) == shapes
    for drawn in (marks.shape, marks.glyph):
        pictures = {
            str(drawn(shape, "a") if drawn is marks.shape else drawn(shape)) for shape in shapes
        }
        assert len(pictures) == len(shapes)
