"""Writes the pages of docs/ that follow from the program, such as those of commands and roles.

`make docs` runs it; a test fails when a page is not what it would write.
"""

from __future__ import annotations

from pathlib import Path

import click

from kpi.access import ACTS, Role
from kpi.charts import condition_words, theme
from kpi.cli import cli
from kpi.importing.findings import catalogue
from kpi.progress import load_rule, rule_names
from kpi.progress.plan_check import REMARKS
from kpi.progress.plan_check.courses import YEARS_WITHOUT_ACTUAL
from kpi.progress.plan_check.indicators import MANY_INDICATORS, TELLING_NAME
from kpi.progress.plan_check.targets import FEWEST_CHANGES
from kpi.reports.docx import fields, own_form
from kpi.reports.word_form.fields import name as placeholder
from kpi.words import say, template
from kpi.words.glossary import terms

HERE = Path(__file__).parent
MADE = "<!-- make docs が書くページです。手では直しません。 -->\n\n"


def commands() -> str:
    """Return the page of all commands with their options."""
    parts = [
        MADE,
        "# コマンド\n\n",
        "終了コードは 0＝済んだ、1＝断った（何も変わっていない）、2＝呼び方の誤り。\n",
    ]
    context = click.Context(cli, info_name="kpi")
    for name in cli.list_commands(context):
        command = cli.commands[name]
        inner = click.Context(command, info_name=f"kpi {name}")
        arguments = [p for p in command.params if isinstance(p, click.Argument)]
        shown = " ".join(["kpi", name, *(a.make_metavar(inner) for a in arguments), "[オプション]"])
        parts.append(f"\n## {name}\n\n{command.help}\n\n```\n{shown}\n```\n\n")
        for option in command.params:
            if isinstance(option, click.Option):
                metavar = "" if option.is_flag else f" {option.make_metavar(inner)}"
                default = f"（初めは {option.default}）" if option.show_default else ""
                words = f"：{option.help}" if option.help else ""
                parts.append(f"- `{'`、`'.join(option.opts)}{metavar}`{words}{default}\n")
    return "".join(parts)


def findings() -> str:
    """Return the catalogue of findings."""
    parts = [MADE, "# 取込の指摘\n\n"]
    parts.append(
        "「要修正」があると登録できません。「確認」は登録できますが、先に確かめてください。"
    )
    parts.append("「情報」は知らせるだけです。{ } には、ファイルの値が入ります。\n")
    for kind in catalogue():
        key = f"finding.{kind.code}"
        parts.append(f"\n## {template(f'{key}.title')}\n\n")
        parts.append(f"{say(f'severity.{kind.severity}')}・`{kind.code}`\n\n")
        parts.append(f"- 表示：{template(f'{key}.message')}\n")
        parts.append(f"- どうするか：{template(f'{key}.hint')}\n")
    return "".join(parts)


#: What the plan check counts as many, few or long, as the words on it name it.
LIMITS = {
    "changes": FEWEST_CHANGES,
    "letters": TELLING_NAME,
    "many": MANY_INDICATORS,
    "years": YEARS_WITHOUT_ACTUAL,
}


def remarks() -> str:
    """Return the catalogue of the plan check."""
    parts = [MADE, "# 計画点検の指摘\n\n"]
    parts.append("![計画点検の画面（架空のデータ）](plan-check.png)\n\n")
    parts.append("計画の目標と数字そのものについて、計画を直す前に確かめたいことです。")
    parts.append(
        "「確認」は計画か登録した値を見直すことを勧めるもの、「情報」は知らせるだけのものです。"
    )
    parts.append("どれも取込や評価を止めません。{ } には、計画の値が入ります。\n\n")
    parts.append(
        "見るのは、まだ直せる目標（年度が終わっていないものと、計画の最後の年度のもの）です。"
    )
    parts.append(
        "「立てたとき」の値は、期のある目標では期が始まる前の最も新しい値、期のない目標では"
    )
    parts.append(
        "同じ表に1つだけ書かれた実績（現状）、なければ基準値、それもなければ最も古い値です。\n"
    )
    for kind in REMARKS:
        key = f"plan_check.{kind.code}"
        parts.append(f"\n## {template(f'{key}.title')}\n\n")
        parts.append(f"{say(f'severity.{kind.severity}')}・`{kind.code}`\n\n")
        parts.append(f"- いつ：{say(f'{key}.cause', **LIMITS)}\n")
        parts.append(f"- 表示：{template(f'{key}.message')}\n")
        parts.append(f"- どうするか：{template(f'{key}.hint')}\n")
    return "".join(parts)


def rules() -> str:
    """Return the page of the rating rules, in words."""
    parts = [MADE, "# 評価ルール\n\n"]
    parts.append("![評価ルールを直す画面（架空のデータ）](rules.png)\n\n")
    parts.append(
        "上の段から順に当てはめ、最初に当てはまった段が評価になります。分からない数は、どの条件にも"
    )
    parts.append(
        "当てはまりません。どの段にもならない目標は評価不能とし、足りない数を理由に書きます。\n\n"
    )
    parts.append(
        "評価ルールは、系列に選ばれたもの、なければ計画のもの、それもなければ `standard` です。"
    )
    parts.append("`kpi progress --rule 名前` は、すべての系列をその名前のルールで評価します。\n\n")
    parts.append(
        "施策・政策には、段ごとの数をまとめます。求めれば最も悪い評価も示します。平均はしません。\n"
    )
    parts.append("\n自治体のルールは画面で作れます（[作り方](progress.md#評価ルールを作る)）。\n")
    for name in rule_names():
        rule = load_rule(name)
        parts.append(f"\n## {rule.title}（`{name}`、第{rule.version}版）\n\n{rule.summary}\n\n")
        parts.append("| 段 | 評価 | 条件 | 読み上げ |\n|---|---|---|---|\n")
        for band in rule.bands:
            when = condition_words(band)
            parts.append(f"| {band.letter} | {band.label} | {when} | {band.spoken} |\n")
            if band.label_ended:
                when = "同じ条件で、目標の年度の実績まで出たもの"
                parts.append(f"| | {band.label_ended} | {when} | {band.spoken_ended} |\n")
        parts.append(f"\n- 出典：{rule.source}\n")
        if rule.left_open:
            parts.append(f"- 原文が決めていないこと：{rule.left_open}\n")
        if rule.unset_limits:
            parts.append(f"- 使う前に決める境：{'、'.join(rule.unset_limits)}\n")
    return "".join(parts)


def forms() -> str:
    """Return the page of the forms of Word: how a city makes its own, and all placeholders."""
    row, block = say("report.docx.row.word"), say("report.docx.row.block")
    years, rows = placeholder("years"), placeholder("year_rows")
    shown = ("label", "target", "actual", "mark")
    headings = " | ".join(placeholder(key, "years") for key in shown)
    cells = " | ".join(f"{{{{ {row}.{placeholder(key, 'years')} }}}}" for key in shown)
    cause = placeholder("cause")
    lines = [
        f"{MADE}# 評価調書の様式",
        "",
        "`kpi report docx` は、指標ごとに1枚の評価調書（A4）を Word 文書で作ります。",
        "自治体の様式を Word で作り、`--template 様式.docx` か資料作成の画面で指定もできます。",
        "",
        "## 様式を作る",
        "",
        "1. Word で、指標1つ分の様式を作ります。[初めからある様式](forms.docx)を直すのが早道です。",
        "2. 値を入れるところに `{{ 指標 }}` のように、半角の波かっこ2つで名前を囲んで書きます。",
        "   そこの書体・大きさ・色がそのまま使われます。",
        "3. 「Word 文書（.docx）」で保存します。",
        "",
        "資料では、様式が指標の数だけ、それぞれ新しいページから繰り返されます。",
        "ヘッダーとフッターに差し込めるのは、資料全体の名前（下の表の初めの5つ）だけです。",
        "知らない名前やかっこの書き誤りは、場所と近い名前を示し、何も作らずに止めます。",
        "",
        "## 繰り返しと条件",
        "",
        "`for` のある行と `endfor` のある行の間を、一覧の数だけ繰り返します。",
        f"この2行は資料に残りません。`{row}` の名前は自由です。",
        "",
        f"| {headings} |",
        "|" + "---|" * len(shown),
        f"| {{%tr for {row} in {years} %}} |" + " |" * (len(shown) - 1),
        f"| {cells} |",
        "| {%tr endfor %} |" + " |" * (len(shown) - 1),
        "",
        "`{%tr … %}` は表の行、`{%tc … %}` は表の列（セル）、`{%p … %}` は段落を繰り返します。",
        "段落の中だけなら `{% … %}` です。値があるときだけ出すには `if` を使います。",
        "",
        f"`{{% if {cause} %}}要因：{{{{ {cause} }}}}{{% else %}}記入なし{{% endif %}}`",
        "",
        f"年度を横に並べるときは、`{{%tr for {block} in {rows} %}}` の中で",
        f"`{{%tc for {row} in {block}.{years} %}}` を使います。",
        f"横に並びきらない年度は、次の{block}に続きます。",
        "",
        "## 使えないもの",
        "",
        "マクロ、外部の画像やテンプレート、埋め込んだファイル、DDE などのフィールドは使えません。",
        "変更履歴の残った文書、計算や書式の指定、繰り返しの中での別の一覧の繰り返しも使えません。",
        "様式は別のプロセスで、取込と同じ時間とメモリーの上限のもとに読みます",
        "（[`KPI_IMPORT_SECONDS`、`KPI_IMPORT_MEMORY_MB`](operation.md)）。",
        "",
        "## 差し込みの一覧",
        "",
        "| 差し込み | 意味 | 例 |",
        "|---|---|---|",
        *(f"| `{one.placeholder}` | {one.meaning} | {one.example} |" for one in fields()),
    ]
    return "\n".join(lines) + "\n"


def roles() -> str:
    """Return the table of who may do what."""
    parts = [MADE, "# だれが何をしてよいか\n\n"]
    parts.append(
        "役割は自治体ごとに決まり（[サインイン](sign-in.md)）、1人がいくつもの役割を持てます。"
    )
    parts.append(
        "どの操作も、画面のボタンではなく操作そのものの中で確かめ、できないときは、だれができるかを"
    )
    parts.append("文で示して、何も変えません。すべての升目を試験しています。\n\n")
    parts.append(f"| すること | {' | '.join(say(f'access.role.{role}') for role in Role)} |\n")
    parts.append(f"|---|{'---|' * len(Role)}\n")
    for act, allowed in ACTS.items():
        cells = [
            "全部署" if role in allowed.everywhere else "自部署のみ" if role in allowed.own else "×"
            for role in Role
        ]
        parts.append(f"| {say(f'access.act.{act}')} | {' | '.join(cells)} |\n")
    parts.append("\n" + ROLES_TOLD)
    return "".join(parts)


ROLES_TOLD = """\
- **自部署**は、利用者の所管課のものです。指標と事務事業は計画に登録されている所管課、
  実績照会への回答は、照会が尋ねている課で決まります。画面の上の値ではなく、登録されて
  いるもので確かめます。所管課のないものは、企画の人だけが書けます。
- **回答**に入れられるのは、その照会がその課に尋ねた年度の実績、分子・分母、記載だけです。
  締め切ったあとの回答は、企画の人が受け取るまで計画に入りません。
- **承認**は、改定案を始めた人、保存した人、申請した人とは別の承認者がします
  （`KPI_SELF_APPROVAL`、[設定](operation.md)）。
- **取消し**は、表に書いてあるもののほかは、同じことをできる人ができます。いくつもの
  自治体に及ぶ取込は、そのすべてでできる人だけが取り消せます。
- **取込の読み方**は自治体を問わずに残るので、どこかの自治体の企画の人なら残せます。
- **ほかの自治体**のことは、そこでの役割がなければ、見ることも変えることもできません。
- 画面の左には、自分の役割で使うものだけが並びます。
- **コマンド** `kpi import` と `kpi undo` は、`KPI_ROLES` の役割で確かめます。`init`、
  `serve` の初めての見本、`backup`、`restore`、`doctor` は、データベースを持つアカウント
  の仕事で、役割を問いません。
"""


def glossary() -> str:
    """Return the words that are explained, in the order of the help."""
    parts = [
        MADE,
        "# 用語集\n\n",
        "画面と資料に出る言葉です。画面では「ヘルプ」と、言葉の横の「？」から開けます。\n\n",
        "| 言葉 | 読み | 英語 | 意味 |\n|---|---|---|---|\n",
    ]
    for key in terms():
        cells = (say(f"glossary.{key}.{part}") for part in ("term", "reading", "other", "meaning"))
        parts.append(f"| {' | '.join(cells)} |\n")
    return "".join(parts)


PAGES = {
    "commands.md": commands,
    "findings.md": findings,
    "forms.md": forms,
    "glossary.md": glossary,
    "plan-check.md": remarks,
    "roles.md": roles,
    "rules.md": rules,
}

if __name__ == "__main__":
    for file, page in PAGES.items():
        (HERE / file).write_text(page(), encoding="utf-8")
    (HERE / "forms.docx").write_bytes(own_form(theme("light")))
