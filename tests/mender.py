"""A person who reads one message and does what it says, and knows nothing else.

    mend("datapackages/…/applications.csv 第 4 行“总计”列：“007”以 0 开头…；请去掉多余的 0。", folder)

Given are the Chinese sentence alone, the folder of packages, and what every clerk has: the printed names of the columns and, where a message
says so, another package to copy from. `mend` returns False where the sentence does not say exactly what to write.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from open_reports.form import forms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TABLES = forms().tables

_PLACE = re.compile(
    r"(?P<file>datapackages/.+?\.(?:csv|json|md|yml)|datapackages/[^：]+?)(?: 第 (?P<row>\d+) 行)?(?:“(?P<column>[^”]+)”列)?：(?P<says>.*)"
)


class Place:
    """Where a message points: a file, perhaps a row of it, perhaps a cell."""

    def __init__(self, root: Path, match: re.Match[str]) -> None:
        self.path = root.parent / match["file"]
        self.number = int(match["row"]) if match["row"] else None
        self.title = match["column"]
        self.root = root

    # -- text

    @property
    def text(self) -> str:
        return self.path.read_bytes().decode()

    @text.setter
    def text(self, text: str) -> None:
        self.path.write_bytes(text.encode())

    @property
    def line(self) -> str:
        return self.text.split("\n")[self._index]

    @line.setter
    def line(self, line: str) -> None:
        lines = self.text.split("\n")
        lines[self._index] = line
        self.text = "\n".join(lines)

    @property
    def _index(self) -> int:
        assert self.number is not None
        return self.number - 1

    def drop_line(self) -> None:
        lines = self.text.split("\n")
        del lines[self._index]
        self.text = "\n".join(lines)

    # -- cells

    @property
    def rows(self) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.text, newline="")))

    @rows.setter
    def rows(self, rows: list[list[str]]) -> None:
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows(rows)
        self.text = stream.getvalue()

    @property
    def table(self) -> str:
        return self.path.stem

    @property
    def column(self) -> str:
        """Id of the column that the message calls by its id or as the form prints it."""
        return _titles(self.table).get(self.title, self.title)

    @property
    def cell(self) -> str:
        rows = self.rows
        return rows[self._index][rows[0].index(self.column)]

    @cell.setter
    def cell(self, text: str) -> None:
        rows = self.rows
        rows[self._index][rows[0].index(self.column)] = text
        self.rows = rows

    # -- keys

    def change(self, path: str, to: Callable[[Any], Any] | None) -> None:
        """Change the value at a path of a JSON document or a top key of a YAML one; None takes the key away."""
        if self.path.suffix == ".yml":
            lines = [line for line in self.text.split("\n") if not line.startswith(f"{path}:")]
            old = next((line.partition(":")[2].strip().strip('"') for line in self.text.split("\n") if line.startswith(f"{path}:")), "")
            self.text = "\n".join(lines if to is None else [f"{path}: {json.dumps(to(old), ensure_ascii=False)}", *lines])
            return
        root = json.loads(self.text)
        keys: list[Any] = [int(index) if index else name for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path)]
        place = root
        for key in keys[:-1]:
            place = place[key]
        if to is None:
            del place[keys[-1]]
        else:
            place[keys[-1]] = to(place[keys[-1]])
        self.text = json.dumps(root, ensure_ascii=False, indent=1) + "\n"


def _titles(table: str) -> dict[str, str]:
    """Printed names of a table's columns to their ids."""
    common = forms().common
    known = {stub.label.zh: stub.id for stub in common.stub}
    for free in (common.overview, common.notes):
        if free.id == table:
            known |= {title.zh: name for name, title, _ in free.fields}
    if table in TABLES:
        known |= {column.label.zh: column.id for form in forms().values() for column in form.tables[table].columns.values()}
    return known


# -- what the sentences say

_ACTIONS: list[tuple[re.Pattern[str], Callable[[Place, re.Match[str]], object]]] = []


def says(pattern: str) -> Callable[[Callable[[Place, re.Match[str]], object]], Callable[[Place, re.Match[str]], object]]:
    """Register what to do when a sentence contains this."""

    def register(action: Callable[[Place, re.Match[str]], object]) -> Callable[[Place, re.Match[str]], object]:
        _ACTIONS.append((re.compile(pattern), action))
        return action

    return register


def mend(message: str, root: Path) -> bool:
    """Do what a message says. Returns whether it says exactly what to do."""
    place = _PLACE.fullmatch(message)
    assert place is not None, message
    for pattern, action in _ACTIONS:
        match = pattern.search(place["says"])
        if match is not None:
            action(Place(root, place), match)
            return True
    return False


@says(r"请改用半角数字“(.+?)”")
def _(place: Place, match: re.Match[str]) -> None:
    place.cell = match[1]


@says(r"里有空格；请删去空格")
def _(place: Place, match: re.Match[str]) -> None:
    place.cell = re.sub(r"\s", "", place.cell)


@says(r"请去掉多余的 0")
def _(place: Place, match: re.Match[str]) -> None:
    place.cell = place.cell.lstrip("0") or "0"


@says(r"^标题“(?P<name>.+?)\d{4}年?[^”]*”里没有机关名称.*写进 agency\.yml 的 aliases")
def _(place: Place, match: re.Match[str]) -> None:
    """What the original calls the agency stands before the year in its title."""
    path = place.path.parent.parent / "agency.yml"
    path.write_text(f"aliases: [{json.dumps(match['name'], ensure_ascii=False)}]\n{path.read_text(encoding='utf-8')}", encoding="utf-8")


@says(r"请去掉正号")
def _(place: Place, match: re.Match[str]) -> None:
    place.cell = place.cell.lstrip("+")


@says(r"请去掉千分号")
def _(place: Place, match: re.Match[str]) -> None:
    place.cell = re.sub(r"[,_，]", "", place.cell)


@says(r"；请(?:只留数字|填换算后的数)“(?P<number>[^”]+)”，把原文写法记入 notes\.csv，即加一行“(?P<note>.+)”。$")
def _(place: Place, match: re.Match[str]) -> None:
    place.cell = match["number"]
    notes = place.path.with_name("notes.csv")
    with notes.open("a", encoding="utf-8") as stream:
        stream.write(f"{match['note']}\n")


@says(r"把整数写成了小数.*；请改成“(?P<number>[^”]+)”。$")
def _(place: Place, match: re.Match[str]) -> None:
    place.cell = match["number"]


@says(r"表式中这一行没有这一格.*清空这一格|请改正或留空")
def _(place: Place, match: re.Match[str]) -> None:
    place.cell = ""


@says(r"现为 (\S+?)，其余各格无误时应为 (\S+?)，")
def _(place: Place, match: re.Match[str]) -> None:
    assert place.cell == match[1]
    place.cell = match[2]


@says(r"(?:不相符|不衔接|不一致)：(-?[0-9.]+) ≠ (-?[0-9.]+)(?![0-9.]|[+-])")
def _(place: Place, match: re.Match[str]) -> None:
    if place.path.suffix == ".md":
        place.line = re.sub(rf"(?<![0-9.]){re.escape(match[1])}(?![0-9.])", match[2], place.line, count=1)
        return
    assert place.cell == match[1]
    place.cell = match[2]


@says(r"开头有字节顺序标记（BOM）")
def _(place: Place, match: re.Match[str]) -> None:
    place.path.write_bytes(place.path.read_bytes().removeprefix(b"\xef\xbb\xbf"))


@says(r"文件是 (UTF-16|GB18030)")
def _(place: Place, match: re.Match[str]) -> None:
    place.path.write_bytes(place.path.read_bytes().decode(match[1]).encode())


@says(r"^有看不见的控制字符或格式字符 U\+([0-9A-F]+)")
def _(place: Place, match: re.Match[str]) -> None:
    place.line = place.line.replace(chr(int(match[1], 16)), "")


@says(r"^“[^”]*”里有拆开书写的字符")
def _(place: Place, match: re.Match[str]) -> None:
    place.line = unicodedata.normalize("NFC", place.line)


@says(r"换行用的是旧式的回车符")
def _(place: Place, match: re.Match[str]) -> None:
    place.text = place.text.replace("\r", "\n")


@says(r"数据包里不应有这个文件.*请移走")
def _(place: Place, match: re.Match[str]) -> None:
    if place.path.is_dir():
        place.path.rmdir()
    else:
        place.path.unlink()


@says(r"在第 \d+ 行已经有了；.*删除重复的一行|这是空行.*请删除|请填写，或删除整行|表里却有；请删去其中一处")
def _(place: Place, match: re.Match[str]) -> None:
    place.drop_line()


@says(r"缺少“(?P<line>[^”]+)”（(?P<label>.+)）这一行；请补上")
def _(place: Place, match: re.Match[str]) -> None:
    rows = place.rows
    place.rows = [*rows, [match["line"], match["label"], *[""] * (len(rows[0]) - 2)]]


@says(r"位置不对，各行应依次为：(.+?)；")
def _(place: Place, match: re.Match[str]) -> None:
    order = match[1].split(", ")
    header, *rows = place.rows
    place.rows = [header, *sorted(rows, key=lambda row: order.index(row[0]))]


@says(r"没有“([^”]+)”这一行；是否应为：([a-z_.]+)")
def _(place: Place, match: re.Match[str]) -> None:
    assert place.cell == match[1]
    place.cell = match[2]


@says(r"应为“(?P<header>[a-z_,]+)”（缺：(?P<missing>.+?)；多：(?P<extra>.+?)）")
def _(place: Place, match: re.Match[str]) -> None:
    """A misspelt or missing name is put back, a column too many goes; cells of a missing column are left blank."""
    rows = place.rows
    wanted, extra = match["header"].split(","), [] if match["extra"] == "-" else match["extra"].split(", ")
    missing = [] if match["missing"] == "-" else match["missing"].split(", ")
    if len(missing) == len(extra) == 1:
        rows[0][rows[0].index(extra[0])] = missing[0]
        missing = extra = []
    columns = {name: [row[index] for row in rows[1:]] for index, name in enumerate(rows[0]) if name not in extra}
    blank = [""] * (len(rows) - 1)
    place.rows = [wanted, *(list(row) for row in zip(*(columns.get(name, blank) for name in wanted), strict=True))]


@says(r"请去掉开头的符号")
def _(place: Place, match: re.Match[str]) -> None:
    place.cell = place.cell.lstrip("=+@")


@says(r"含有空格或 / # \? %，不能用作地址；请去掉这些符号")
def _(place: Place, match: re.Match[str]) -> None:
    place.cell = re.sub(r"[\s/#?%]", "", place.cell)


@says(r"注记指向的“[^”]+”不存在；可用的有：([^,；]+)")
def _(place: Place, match: re.Match[str]) -> None:
    place.cell = match[1]


@says(r"^“(?P<path>[^”]+)”写的是.+，但按所在文件夹应为(?: (?P<number>\d+)|“(?P<name>[^”]+)”)；")
def _(place: Place, match: re.Match[str]) -> None:
    place.change(match["path"], lambda _: int(match["number"]) if match["number"] else match["name"])


@says(r"^“(?P<path>[^”]+)\.(?:bytes|hash)”写的是.+请删去 bytes 和 hash")
def _(place: Place, match: re.Match[str]) -> None:
    place.change(match["path"], lambda entry: {key: value for key, value in entry.items() if key not in {"bytes", "hash"}})


@says(r"请恢复原样（可复制同一格式的其他数据包）")
def _(place: Place, match: re.Match[str]) -> None:
    other = next(path for path in place.root.glob("*/*/datapackage.json") if path.parent != place.path.parent)
    declared = json.loads(other.read_text(encoding="utf-8"))["resources"]
    place.change("resources", lambda _: declared)


@says(r"^“(?P<path>[^”]+)”不是可用的键.*请删除")
def _(place: Place, match: re.Match[str]) -> None:
    place.change(match["path"], None)


@says(r"^“(?P<path>[^”]+)”处是“[^”]*”，只能是：(?P<first>[^,；]+)")
def _(place: Place, match: re.Match[str]) -> None:
    place.change(match["path"], lambda _: match["first"])


@says(r"^“(?P<path>[^”]+)”处是“[^”]*”，应写成“(?P<example>[^”]+)”的样子")
def _(place: Place, match: re.Match[str]) -> None:
    place.change(match["path"], lambda _: match["example"])


@says(r"^“(?P<path>[^”]+)”处是 (?P<number>\d+)，应为不带引号的整数")
def _(place: Place, match: re.Match[str]) -> None:
    place.change(match["path"], lambda _: int(match["number"]))


@says(r"^“(?P<path>[^”]+)”处是 .+?，应为“(?P<example>\d{4}-\d{2}-\d{2})”这样的日期")
def _(place: Place, match: re.Match[str]) -> None:
    place.change(match["path"], lambda _: match["example"])


@says(r"^“(?P<path>[^”]+)”有 \d+ 个字符，最多 (?P<most>\d+) 个；请缩短")
def _(place: Place, match: re.Match[str]) -> None:
    place.change(match["path"], lambda value: value[: int(match["most"])])


@says(r"^文字有 \d+ 个字符，最多 (?P<most>\d+) 个；请缩短")
def _(place: Place, match: re.Match[str]) -> None:
    place.cell = place.cell[: int(match["most"])]


@says(r"^“(?P<path>[^”]+)”里有看不见的控制字符或格式字符 U\+(?P<code>[0-9A-F]+)；请删除这个字符")
def _(place: Place, match: re.Match[str]) -> None:
    place.change(match["path"], lambda value: value.replace(chr(int(match["code"], 16)), ""))


@says(r"^“(?P<path>[^”]+)”的结束日期 \S+ 早于开始日期 (?P<start>\S+?)；")
def _(place: Place, match: re.Match[str]) -> None:
    place.change(match["path"], lambda _: match["start"])


@says(r"^“(?P<path>[^”]+)”是 \S+?，而 revisions 里已有更新的 (?P<newer>\S+?)；请把 version 改为最新的版本")
def _(place: Place, match: re.Match[str]) -> None:
    place.change(match["path"], lambda _: match["newer"])


@says(r"键“(?P<key>[^”]+)”写了两次")
def _(place: Place, match: re.Match[str]) -> None:
    assert match["key"] in place.line
    place.drop_line()


@says(r"^“(?P<path>[^”]+)”处的“[^”]+”是本机关自己，或已列过；请删除")
def _(place: Place, match: re.Match[str]) -> None:
    place.change(match["path"], None)


@says(r"explanations 中对 (?P<rule>\S+?)（(?P<at>[^）]+)）的说明.*请删除这条说明")
def _(place: Place, match: re.Match[str]) -> None:
    gone = (match["rule"], match["at"])
    place.change("report.explanations", lambda said: [each for each in said if (each["finding"], each["address"]) != gone])


@says(r"写的上级“[^”]+”不在本库.*没有收录上级时写 none")
def _(place: Place, match: re.Match[str]) -> None:
    place.change("parent", lambda _: "none")


@says(r"请把 report\.forms 改为 (?P<form>\d{4})，并换用该格式的表结构")
def _(place: Place, match: re.Match[str]) -> None:
    """The form's schema comes with the next message, which says to copy it."""
    descriptor = Place(place.root, _PLACE.fullmatch(f"{place.path.parents[1].relative_to(place.root.parent)}/datapackage.json：") or match)
    descriptor.change(f"report.forms.{place.table}", lambda _: match["form"])


@says(r"没有“(?P<heading>## [^”]+)”这一部分")
def _(place: Place, match: re.Match[str]) -> None:
    place.text += f"\n{match['heading']}\n"


@says(r"请按一、五、六的次序排列")
def _(place: Place, match: re.Match[str]) -> None:
    first, *sections = place.text.split("## ")
    place.text = "## ".join([first, *sorted(sections, key=lambda section: "一五六".index(section[0]))])
