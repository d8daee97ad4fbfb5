"""Documents that went wrong on their way: cells, rows, columns and tables deleted, doubled, moved, split, merged.

A mutation never turns a document into another sound one: what is printed for an address stays what it was, or cannot be told
any more. So a row is touched by one change of its cells only (a cell left out here and one doubled there make a row that nobody
can tell from a sound one), and a column moves only among those under the same heads.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from open_reports.intake.grid import Cell, Drawn, Edge, Grid, Manuscript, Paragraph, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from manuscripts.statutory import Rows

    Mutation = Callable[["Document", Random], str]


class Document:
    """A document that can be changed: its blocks, and which rows have been touched."""

    def __init__(self, blocks: Sequence[Paragraph | Rows], kind: str = "html") -> None:
        self.blocks: list[Paragraph | Rows] = [block if isinstance(block, Paragraph) else [list(row) for row in block] for block in blocks]
        self.kind = kind
        self.touched: set[int] = set()
        self.cuts: Random | None = None
        """Where from to choose the rows at which pages end; None for a document without pages."""
        self._kept: list[object] = []

    @property
    def tables(self) -> list[Rows]:
        return [block for block in self.blocks if not isinstance(block, Paragraph) and any(block)]

    def manuscript(self) -> Manuscript:
        blocks: list[Grid | Paragraph] = []
        for index, block in enumerate(self.blocks):
            if isinstance(block, Paragraph):
                blocks.append(block)
                continue
            grid = placed(block, f"表{index}")
            if self.cuts is None or grid.rows < 2 or self.cuts.random() < 0.3:
                blocks.append(grid)
                continue
            cut = self.cuts.randint(1, grid.rows - 1)
            blocks += paged(torn(grid, cut - 1, self.cuts) if self.cuts.random() < 0.6 else grid, cut)
        return Manuscript(kind=self.kind, blocks=tuple(blocks))

    def touch(self, *rows: list[Drawn]) -> bool:
        """Whether none of these rows was touched before; from now on they are."""
        if any(id(row) in self.touched for row in rows):
            return False
        self.touched.update(map(id, rows))
        self._kept += rows  # an id is that of one object only while the object lives
        return True


def expanded(rows: Rows) -> Rows:
    """A table whose spans are written out, as Markdown has it: the text of a cell in every position that it covers."""
    grid = placed(rows, "")
    covering = grid.covering()
    return [[_drawn(covering[row, column]) for column in range(grid.columns)] for row in range(grid.rows)]


def _drawn(cell: Cell) -> Drawn:
    return Drawn(cell.text, cell.place)


# -- pages


def paged(grid: Grid, cut: int) -> tuple[Grid, Grid]:
    """A table on two pages, cut above a row; what spans the cut is drawn on both, its text on the first."""
    upper, lower = [], []
    for each in grid.cells:
        end = each.row + each.rowspan
        if each.row < cut:
            upper.append(replace(each, rowspan=min(end, cut) - each.row))
        if end > cut:
            lower.append(replace(each, row=max(each.row, cut) - cut, rowspan=end - max(each.row, cut)))
    lines = tuple(float(40 * index) for index in range(grid.columns + 1))
    edges = (Edge(1, top=False, bottom=True, lines=lines), Edge(2, top=True, bottom=False, lines=lines))
    return (
        replace(grid, rows=cut, cells=tuple(upper), edge=edges[0]),
        replace(grid, place=f"{grid.place}续", rows=grid.rows - cut, cells=tuple(lower), edge=edges[1]),
    )


def torn(grid: Grid, row: int, random: Random) -> Grid:
    """A table with a row torn in two: the label at any point, each figure above or below, or all of them on one side, or torn too."""
    side = random.choice(("above", "below", "either", "torn"))
    cells = []
    for cell in grid.cells:
        if cell.row > row:
            cells.append(replace(cell, row=cell.row + 1))
        elif cell.row + cell.rowspan > row + 1 or (cell.row < row and cell.row + cell.rowspan > row):
            cells.append(replace(cell, rowspan=cell.rowspan + 1))
        elif cell.row < row:
            cells.append(cell)
        else:
            length = len(cell.text)
            figure = bool(cell.place) and "/" in cell.place
            where = {"above": length, "below": 0, "either": random.choice((0, length)), "torn": random.randint(0, length)}[side]
            cut = where if figure else random.choice((0, length, random.randint(0, length)))
            cells += [replace(cell, text=cell.text[:cut]), replace(cell, row=row + 1, text=cell.text[cut:])]
    return replace(grid, rows=grid.rows + 1, cells=tuple(cells))


# -- cells


def delete_cell(document: Document, random: Random) -> str:
    row = random.choice(random.choice(document.tables))
    if not row or not document.touch(row):
        return ""
    del row[random.randrange(len(row))]
    return "delete_cell"


def double_cell(document: Document, random: Random) -> str:
    row = random.choice(random.choice(document.tables))
    if not row or not document.touch(row):
        return ""
    index = random.randrange(len(row))
    row.insert(index, row[index])
    return "double_cell"


def move_cell(document: Document, random: Random) -> str:
    source, target = random.choice(random.choice(document.tables)), random.choice(random.choice(document.tables))
    if not source or source is target or not document.touch(source, target):
        return ""
    target.insert(random.randint(0, len(target)), source.pop(random.randrange(len(source))))
    return "move_cell"


def split_cell(document: Document, random: Random) -> str:
    row = random.choice(random.choice(document.tables))
    if not row or not document.touch(row):
        return ""
    index = random.randrange(len(row))
    cell = row[index]
    cut = random.randint(0, len(cell.text))
    row[index : index + 1] = [cell._replace(text=cell.text[:cut], colspan=1), cell._replace(text=cell.text[cut:])]
    return "split_cell"


def merge_cells(document: Document, random: Random) -> str:
    row = random.choice(random.choice(document.tables))
    if len(row) < 2 or not document.touch(row):
        return ""
    index = random.randrange(len(row) - 1)
    one, other = row[index], row[index + 1]
    row[index : index + 2] = [one._replace(text=one.text + other.text, colspan=one.colspan + other.colspan)]
    return "merge_cells"


def lengthen_cell(document: Document, random: Random) -> str:
    return "lengthen_cell" if _resized(document, random, "rowspan") else ""


def widen_cell(document: Document, random: Random) -> str:
    return "widen_cell" if _resized(document, random, "colspan") else ""


def _resized(document: Document, random: Random, span: str) -> bool:
    """Give a cell another span; return whether there was one to be had."""
    row = random.choice(random.choice(document.tables))
    if not row or not document.touch(row):
        return False
    index = random.randrange(len(row))
    cell = row[index]
    row[index] = cell._replace(**{span: max(1, getattr(cell, span) + random.choice((-2, -1, 1, 2)))})
    return True


# -- rows


def delete_row(document: Document, random: Random) -> str:
    table = random.choice(document.tables)
    row = random.choice(table)
    if not document.touch(row):
        return ""
    table[:] = [each for each in table if each is not row]
    return "delete_row"


def double_row(document: Document, random: Random) -> str:
    table = random.choice(document.tables)
    index = random.randrange(len(table))
    if not document.touch(table[index]):
        return ""
    copy = list(table[index])
    document.touch(copy)
    table.insert(random.choice((index, random.randint(0, len(table)))), copy)
    return "double_row"


def move_row(document: Document, random: Random) -> str:
    source, target = random.choice(document.tables), random.choice(document.tables)
    row = random.choice(source)
    if not document.touch(row):
        return ""
    source[:] = [each for each in source if each is not row]
    target.insert(random.randint(0, len(target)), row)
    return "move_row"


def split_row(document: Document, random: Random) -> str:
    """A row becomes two, each text cut in two: now at one point of every text, now at one cell."""
    table = random.choice(document.tables)
    index = random.randrange(len(table))
    row = table[index]
    if not row or not document.touch(row):
        return ""
    if random.random() < 0.5:
        cut = random.randint(0, len(row))
        upper = [cell if place < cut else cell._replace(text="") for place, cell in enumerate(row)]
        lower = [cell if place >= cut else cell._replace(text="") for place, cell in enumerate(row)]
    else:
        # A label wraps in the middle; a short text stands in one half.
        part = random.random()
        cuts = [round(len(cell.text) * part) if len(cell.text) > 4 else random.choice((0, len(cell.text))) for cell in row]
        upper = [cell._replace(text=cell.text[:cut]) for cell, cut in zip(row, cuts, strict=True)]
        lower = [cell._replace(text=cell.text[cut:]) for cell, cut in zip(row, cuts, strict=True)]
    document.touch(upper, lower)
    table[index : index + 1] = [upper, lower]
    return "split_row"


def merge_rows(document: Document, random: Random) -> str:
    """Two rows become one, the text of each cell behind that of the cell above, with a break or without."""
    table = random.choice(document.tables)
    if len(table) < 2:
        return ""
    index = random.randrange(len(table) - 1)
    upper, lower = table[index], table[index + 1]
    if not upper or not lower or not document.touch(upper, lower):
        return ""
    joint = random.choice(("", "\n"))
    # Counted from the right, where the figures are: the upper may have heads of groups before them.
    over = max(0, len(upper) - len(lower))
    merged = [
        *upper[:over],
        *(a._replace(text=joint.join(filter(None, (a.text, b.text)))) for a, b in zip(upper[over:], lower[-len(upper) :], strict=False)),
    ]
    document.touch(merged)
    table[index : index + 2] = [merged]
    return "merge_rows"


# -- columns


def _column(table: Rows, random: Random) -> tuple[Grid, int]:
    grid = placed(table, "")
    return grid, random.randrange(grid.columns)


def _rebuilt(grid: Grid, cells: Sequence[tuple[Cell, int, int]]) -> Rows:
    """Rows of a grid whose cells begin elsewhere and are otherwise wide: (cell, first column, columns)."""
    rows: Rows = [[] for _ in range(grid.rows)]
    for cell, _, colspan in sorted((each for each in cells if each[2]), key=lambda each: (each[0].row, each[1])):
        rows[cell.row].append(Drawn(cell.text, cell.place, rowspan=cell.rowspan, colspan=colspan))
    return rows


def _change_column(document: Document, random: Random, change: Callable[[Cell, int], list[tuple[Cell, int, int]]], name: str) -> str:
    table = random.choice(document.tables)
    grid, column = _column(table, random)
    if not document.touch(*table):
        return ""
    table[:] = _rebuilt(grid, [each for cell in grid.cells for each in change(cell, column)])
    document.touch(*table)
    return name


def _covers(cell: Cell, column: int) -> bool:
    return cell.column <= column < cell.column + cell.colspan


def delete_column(document: Document, random: Random) -> str:
    return _change_column(
        document, random, lambda cell, column: [(cell, cell.column, cell.colspan - _covers(cell, column))], "delete_column"
    )


def double_column(document: Document, random: Random) -> str:
    def change(cell: Cell, column: int) -> list[tuple[Cell, int, int]]:
        if not _covers(cell, column):
            return [(cell, cell.column, cell.colspan)]
        if cell.colspan > 1:
            return [(cell, cell.column, cell.colspan + 1)]
        return [(cell, cell.column, 1), (cell, cell.column, 1)]

    return _change_column(document, random, change, "double_column")


def split_column(document: Document, random: Random) -> str:
    def change(cell: Cell, column: int) -> list[tuple[Cell, int, int]]:
        if not _covers(cell, column):
            return [(cell, cell.column, cell.colspan)]
        if cell.colspan > 1:
            return [(cell, cell.column, cell.colspan + 1)]
        cut = random.randint(0, len(cell.text))
        halves = (cell.text[:cut], cell.text[cut:])
        return [(Cell(**{**{name: getattr(cell, name) for name in cell.__slots__}, "text": half}), cell.column, 1) for half in halves]

    return _change_column(document, random, change, "split_column")


def merge_columns(document: Document, random: Random) -> str:
    """Two neighbouring columns become one, the texts one behind the other."""
    table = random.choice(document.tables)
    grid, column = _column(table, random)
    if not document.touch(*table):
        return ""
    rows: Rows = [[] for _ in range(grid.rows)]
    for cell in sorted(grid.cells, key=lambda cell: (cell.row, cell.column)):
        across = cell.colspan - (_covers(cell, column) and _covers(cell, column + 1))
        left = next((each for each in grid.cells if each.row == cell.row and each.column + each.colspan == cell.column), None)
        if (
            cell.column == column + 1
            and left is not None
            and left.column == column
            and left.colspan == cell.colspan == 1
            and rows[cell.row]
        ):
            before = rows[cell.row][-1]
            rows[cell.row][-1] = before._replace(text=before.text + cell.text)
        else:
            rows[cell.row].append(Drawn(cell.text, cell.place, rowspan=cell.rowspan, colspan=across))
    table[:] = rows
    document.touch(*table)
    return "merge_columns"


def move_column(document: Document, random: Random) -> str:
    """Two columns under the same heads change places."""
    table = random.choice(document.tables)
    grid, one = _column(table, random)
    other = random.randrange(grid.columns)
    covering = grid.covering()
    if one == other or any((row, each) not in covering for row in range(grid.rows) for each in (one, other)):
        return ""
    for row in range(grid.rows):
        first, second = covering[row, one], covering[row, other]
        alike = first.colspan == second.colspan == 1 and (first.row, first.rowspan) == (second.row, second.rowspan)
        if first is not second and not alike:
            return ""
    if not document.touch(*table):
        return ""
    swap = {one: other, other: one}
    table[:] = _rebuilt(
        grid, [(cell, swap.get(cell.column, cell.column) if cell.colspan == 1 else cell.column, cell.colspan) for cell in grid.cells]
    )
    document.touch(*table)
    return "move_column"


# -- tables


def delete_table(document: Document, random: Random) -> str:
    table = random.choice(document.tables)
    document.blocks = [block for block in document.blocks if block is not table]
    return "delete_table"


def double_table(document: Document, random: Random) -> str:
    table = random.choice(document.tables)
    document.blocks.insert(random.randint(0, len(document.blocks)), [list(row) for row in table])
    return "double_table"


def move_table(document: Document, random: Random) -> str:
    table = random.choice(document.tables)
    document.blocks = [block for block in document.blocks if block is not table]
    document.blocks.insert(random.randint(0, len(document.blocks)), table)
    return "move_table"


def split_table(document: Document, random: Random) -> str:
    """One table becomes two, one below the other or side by side."""
    table = random.choice(document.tables)
    place = next(index for index, block in enumerate(document.blocks) if block is table)
    if random.random() < 0.7:
        cut = random.randint(1, len(table))
        document.blocks[place : place + 1] = [table[:cut], table[cut:]]
        return "split_table"
    grid, column = _column(table, random)
    if not document.touch(*table):
        return ""
    left = _rebuilt(grid, [(cell, cell.column, min(cell.colspan, column - cell.column)) for cell in grid.cells if cell.column < column])
    right = _rebuilt(grid, [(cell, cell.column, cell.colspan) for cell in grid.cells if cell.column >= column])
    document.touch(*left, *right)
    document.blocks[place : place + 1] = [left, right]
    return "split_table_sideways"


def merge_tables(document: Document, random: Random) -> str:
    if len(document.tables) < 2:
        return ""
    one, other = random.sample(document.tables, 2)
    document.blocks = [block for block in document.blocks if block is not other]
    one += other
    return "merge_tables"


CELLS: tuple[Mutation, ...] = (delete_cell, double_cell, move_cell, split_cell, merge_cells, lengthen_cell, widen_cell)
ROWS: tuple[Mutation, ...] = (delete_row, double_row, move_row, split_row, merge_rows)
COLUMNS: tuple[Mutation, ...] = (delete_column, double_column, move_column, split_column, merge_columns)
TABLES: tuple[Mutation, ...] = (delete_table, double_table, move_table, split_table, merge_tables)


def mutated(document: Document, random: Random) -> list[str]:
    """Change a document one to three times; the names of the changes."""
    done = []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if not document.tables:
            break
        kinds = random.choices((CELLS, ROWS, COLUMNS, TABLES), weights=(4, 4, 3, 2))[0]
        done.append(random.choice(kinds)(document, random))
    return [name for name in done if name]
