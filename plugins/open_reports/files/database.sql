-- Tables of data/reports.sqlite. SQLite keeps what stands inside a statement, comments included:
-- SELECT sql FROM sqlite_master tells whoever has only the file what each column means.

CREATE TABLE statuses ( -- which kind of something or nothing a figure is; nothing is never 0
  id TEXT PRIMARY KEY, name_zh TEXT NOT NULL, name_en TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE scopes ( -- what the figures of a report cover
  id TEXT PRIMARY KEY, name_zh TEXT NOT NULL, name_en TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE kinds ( -- of agencies
  id TEXT PRIMARY KEY, name_zh TEXT NOT NULL, name_en TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE units ( -- of the statutory tables, as printed
  id TEXT PRIMARY KEY, name_zh TEXT NOT NULL, name_en TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE agencies ( -- administrative organs
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  kind TEXT NOT NULL REFERENCES kinds (id),
  parent TEXT REFERENCES agencies (id), -- NULL where it is not in the corpus
  region TEXT NOT NULL,
  site TEXT NOT NULL -- official web site
) WITHOUT ROWID;

CREATE TABLE agency_codes ( -- official codes of an agency
  agency TEXT NOT NULL REFERENCES agencies (id),
  name TEXT NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (agency, name)
) WITHOUT ROWID;

CREATE TABLE forms ( -- statutory forms, dated and cited
  id TEXT PRIMARY KEY,
  title_zh TEXT NOT NULL,
  title_en TEXT NOT NULL,
  reference_zh TEXT NOT NULL,
  reference_en TEXT NOT NULL,
  issued TEXT, -- date of the letter, NULL where unknown
  first_year INTEGER NOT NULL, -- first report year it was prescribed for
  last_year INTEGER -- NULL: still in force
) WITHOUT ROWID;

CREATE TABLE tables ( -- statutory tables of a form
  form TEXT NOT NULL REFERENCES forms (id),
  id TEXT NOT NULL,
  position INTEGER NOT NULL, -- in printed order, from 1
  section TEXT NOT NULL, -- number of the section, as printed
  title_zh TEXT NOT NULL,
  title_en TEXT NOT NULL,
  PRIMARY KEY (form, id)
) WITHOUT ROWID;

CREATE TABLE lines ( -- lines of a table
  form TEXT NOT NULL,
  table_id TEXT NOT NULL,
  id TEXT NOT NULL,
  position INTEGER NOT NULL,
  label_zh TEXT NOT NULL, -- as the form prints it
  label_en TEXT NOT NULL,
  heads_zh TEXT NOT NULL, -- printed heads it stands under, outermost first; empty where there is none
  heads_en TEXT NOT NULL,
  PRIMARY KEY (form, table_id, id),
  FOREIGN KEY (form, table_id) REFERENCES tables (form, id)
) WITHOUT ROWID;

CREATE TABLE columns ( -- measured columns of a table
  form TEXT NOT NULL,
  table_id TEXT NOT NULL,
  id TEXT NOT NULL,
  position INTEGER NOT NULL,
  label_zh TEXT NOT NULL,
  label_en TEXT NOT NULL,
  heads_zh TEXT NOT NULL,
  heads_en TEXT NOT NULL,
  type TEXT NOT NULL, -- count, change or money
  unit TEXT NOT NULL REFERENCES units (id),
  PRIMARY KEY (form, table_id, id),
  FOREIGN KEY (form, table_id) REFERENCES tables (form, id)
) WITHOUT ROWID;

CREATE TABLE cells ( -- every cell that a form prints; the permanent address of a figure is table_id/line_id/column_id
  id INTEGER PRIMARY KEY, -- of this file alone: it may differ in the next
  form TEXT NOT NULL,
  table_id TEXT NOT NULL,
  line_id TEXT NOT NULL,
  column_id TEXT NOT NULL,
  UNIQUE (table_id, line_id, column_id, form),
  FOREIGN KEY (form, table_id, line_id) REFERENCES lines (form, table_id, id),
  FOREIGN KEY (form, table_id, column_id) REFERENCES columns (form, table_id, id)
);

CREATE TABLE reports ( -- one agency's year
  id INTEGER PRIMARY KEY, -- of this file alone: agency and year are what lasts
  agency TEXT NOT NULL REFERENCES agencies (id),
  year INTEGER NOT NULL,
  title TEXT NOT NULL,
  scope TEXT NOT NULL REFERENCES scopes (id),
  published TEXT, -- date, NULL where unknown
  period_start TEXT, -- NULL: the calendar year
  period_end TEXT,
  version TEXT NOT NULL, -- of the data
  created TEXT NOT NULL, -- when it was entered
  digest TEXT NOT NULL, -- SHA-256 of its datapackage.json as published, which states those of its other files
  consolidated_in INTEGER REFERENCES reports (id), -- the report that counts all of this one already, NULL if none does
  finding TEXT, -- rules that the day of publication contradicts, NULL if none
  UNIQUE (agency, year)
);

CREATE TABLE consolidated_lines ( -- lines of a report that another one counts already, where it does not count all of them
  report INTEGER NOT NULL REFERENCES reports (id),
  table_id TEXT NOT NULL,
  line_id TEXT NOT NULL,
  consolidated_in INTEGER NOT NULL REFERENCES reports (id),
  PRIMARY KEY (report, table_id, line_id)
) WITHOUT ROWID;

CREATE TABLE report_tables ( -- the form that each table of a report is printed on: real reports mix them
  report INTEGER NOT NULL REFERENCES reports (id),
  table_id TEXT NOT NULL,
  form TEXT NOT NULL,
  PRIMARY KEY (report, table_id),
  FOREIGN KEY (form, table_id) REFERENCES tables (form, id)
) WITHOUT ROWID;

CREATE TABLE sources ( -- official originals of a report
  report INTEGER NOT NULL REFERENCES reports (id),
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  address TEXT NOT NULL,
  finding TEXT, -- rules that say it cannot be this report's, NULL if none
  PRIMARY KEY (report, position)
) WITHOUT ROWID;

CREATE TABLE revisions ( -- released changes of a report's data
  report INTEGER NOT NULL REFERENCES reports (id),
  version TEXT NOT NULL,
  date TEXT NOT NULL,
  reason TEXT NOT NULL,
  changes TEXT NOT NULL, -- one a line
  PRIMARY KEY (report, version)
) WITHOUT ROWID;

CREATE TABLE dropped ( -- reports and agencies that were published and are no more, with the reason; one that came back stays here
  page TEXT NOT NULL, -- the address that it had below the site: reports/AGENCY/YEAR/, or reports/AGENCY/ for all its reports
  date TEXT NOT NULL, -- when it went
  agency TEXT NOT NULL, -- id, perhaps of an agency that is not among agencies any more
  agency_name TEXT NOT NULL, -- its id where nobody knows its name any more
  year INTEGER, -- NULL: the agency with all its reports
  reason TEXT NOT NULL,
  reason_en TEXT,
  leads_to TEXT NOT NULL, -- the page that readers of the old address are led to
  back TEXT, -- when it came back
  PRIMARY KEY (page, date)
) WITHOUT ROWID;

CREATE TABLE figures ( -- every figure of the statutory tables
  report INTEGER NOT NULL REFERENCES reports (id),
  cell INTEGER NOT NULL REFERENCES cells (id),
  value NUMERIC, -- NULL unless the status is reported; a number with decimals is the nearest that SQLite can hold
  exact TEXT, -- the number as published, where it has decimals
  status TEXT NOT NULL REFERENCES statuses (id),
  PRIMARY KEY (report, cell),
  CHECK ((value IS NOT NULL) = (status = 'reported'))
) WITHOUT ROWID;

CREATE TABLE statements ( -- figures stated in section one
  report INTEGER NOT NULL REFERENCES reports (id),
  position INTEGER NOT NULL,
  item TEXT NOT NULL,
  value NUMERIC,
  exact TEXT,
  status TEXT NOT NULL REFERENCES statuses (id),
  unit TEXT NOT NULL, -- as printed
  part_of TEXT, -- the item whose sum it is stated to belong to
  PRIMARY KEY (report, position),
  UNIQUE (report, item),
  FOREIGN KEY (report, part_of) REFERENCES statements (report, item),
  CHECK ((value IS NOT NULL) = (status = 'reported'))
) WITHOUT ROWID;

CREATE TABLE contradicted ( -- figures that rules contradict as printed: nobody should repeat or add up one without a word
  report INTEGER NOT NULL REFERENCES reports (id),
  table_id TEXT NOT NULL, -- or overview
  line_id TEXT NOT NULL,
  column_id TEXT NOT NULL,
  rules TEXT NOT NULL, -- ids, parted by blanks
  PRIMARY KEY (report, table_id, line_id, column_id)
) WITHOUT ROWID;

CREATE TABLE notes ( -- where a cell, line, column or table says more than its numbers
  id INTEGER PRIMARY KEY,
  report INTEGER NOT NULL REFERENCES reports (id),
  table_id TEXT NOT NULL, -- or overview
  line_id TEXT, -- NULL: the whole table, or a column of it
  column_id TEXT, -- NULL: the whole line
  printed TEXT, -- as the original prints it
  note TEXT
);

CREATE TABLE rules ( -- what reports are checked against
  id TEXT PRIMARY KEY,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  says_zh TEXT NOT NULL,
  says_en TEXT NOT NULL,
  level TEXT NOT NULL, -- of a finding against it
  standing TEXT NOT NULL, -- printed on the form, implied by it, set by law or by this project
  kind TEXT NOT NULL -- equation: of figures; requirement: of a report; package: of the data package, not counted in checks
) WITHOUT ROWID;

CREATE TABLE findings ( -- what the checks found; no figure is ever repaired
  id INTEGER PRIMARY KEY,
  report INTEGER REFERENCES reports (id), -- NULL where it is about no report
  rule TEXT NOT NULL REFERENCES rules (id),
  level TEXT NOT NULL,
  address TEXT, -- table/line/column of the figure it stands at
  expected TEXT,
  found TEXT,
  message_zh TEXT NOT NULL,
  message_en TEXT NOT NULL,
  explanation TEXT, -- what is said about it in public
  explained_by TEXT, -- agency or publisher
  explained_on TEXT, -- date
  outcome TEXT -- which number of checks counts it; NULL: what is wrong with the package, which none does
);

CREATE TABLE checks ( -- how many checks of a report there were, and what became of them; sums over reports are right
  report INTEGER PRIMARY KEY REFERENCES reports (id),
  checked INTEGER NOT NULL, -- agree + differ + untestable
  agree INTEGER NOT NULL,
  rounded INTEGER NOT NULL, -- of those that agree, once a number is rounded
  differ INTEGER NOT NULL, -- contradiction + scope + note
  contradiction INTEGER NOT NULL, -- official figures contradict each other
  scope INTEGER NOT NULL, -- figures that may have been counted differently
  note INTEGER NOT NULL, -- what is no equation and worth a look
  untestable INTEGER NOT NULL,
  explained INTEGER NOT NULL -- of those that differ, with an explanation; not subtracted
);

CREATE TABLE indicators ( -- counts and rates made of the figures
  id TEXT PRIMARY KEY,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  description_zh TEXT NOT NULL,
  description_en TEXT NOT NULL,
  numerator TEXT NOT NULL, -- sum of cells
  denominator TEXT, -- NULL for a count
  floor INTEGER NOT NULL -- the least denominator that a rate is given on
) WITHOUT ROWID;

CREATE TABLE indicator_values ( -- of each report
  report INTEGER NOT NULL REFERENCES reports (id),
  indicator TEXT NOT NULL REFERENCES indicators (id),
  numerator NUMERIC,
  denominator NUMERIC,
  value NUMERIC, -- a count, or a rate with four decimals
  reason TEXT, -- why there is no value
  PRIMARY KEY (indicator, report)
) WITHOUT ROWID;

CREATE TABLE names ( -- what agencies, lines, columns, indicators and rules are called
  number INTEGER PRIMARY KEY,
  what TEXT NOT NULL, -- agency, line, column, indicator or rule
  id TEXT NOT NULL, -- of a line or column with its table: disputes/reconsideration
  language TEXT NOT NULL, -- zh or en
  name TEXT NOT NULL -- of a line or column with the heads it stands under
);

CREATE VIRTUAL TABLE names_index USING fts5( -- full text: any part of a name of three characters or more, such as
  -- SELECT names.* FROM names_index JOIN names ON number = names_index.rowid WHERE names_index MATCH '行政复议';
  -- shorter parts: SELECT * FROM names WHERE name LIKE '%复议%'
  -- content="names" is spelt as Datasette looks for it: without it there is no box to search with.
  name, content="names", content_rowid = 'number', tokenize = 'trigram'
);

CREATE VIEW observations AS -- the corpus, tidy, one row a figure: the columns of data/observations.csv, and the exact number as text
SELECT agencies.id AS agency, agencies.name AS agency_name, reports.year AS year, NULL AS form, 'overview' AS "table",
  statements.item AS line, 'value' AS "column", statements.value AS value, statements.status AS status, statements.unit AS unit,
  (SELECT printed FROM notes WHERE notes.report = reports.id AND table_id = 'overview' AND line_id = statements.item
    AND column_id = 'value' ORDER BY notes.id DESC LIMIT 1) AS printed,
  coalesce(statements.exact, CAST(statements.value AS TEXT)) AS exact,
  agencies.name_en AS agency_name_en, agencies.kind AS kind, agencies.parent AS parent, reports.scope AS scope,
  (SELECT agency || '-' || year FROM reports AS whole WHERE whole.id = reports.consolidated_in) AS consolidated_in,
  'overview/' || statements.item || '/value' AS address,
  (SELECT rules FROM contradicted WHERE contradicted.report = reports.id AND table_id = 'overview' AND line_id = statements.item
    AND column_id = 'value') AS finding
FROM statements JOIN reports ON reports.id = statements.report JOIN agencies ON agencies.id = reports.agency
UNION ALL
SELECT agencies.id, agencies.name, reports.year, cells.form, cells.table_id, cells.line_id, cells.column_id, figures.value,
  figures.status, columns.unit,
  (SELECT printed FROM notes WHERE notes.report = reports.id AND notes.table_id = cells.table_id AND notes.line_id = cells.line_id
    AND notes.column_id = cells.column_id ORDER BY notes.id DESC LIMIT 1),
  coalesce(figures.exact, CAST(figures.value AS TEXT)),
  agencies.name_en, agencies.kind, agencies.parent, reports.scope,
  (SELECT agency || '-' || year FROM reports AS whole WHERE whole.id = coalesce(reports.consolidated_in,
    (SELECT consolidated_in FROM consolidated_lines AS part
      WHERE part.report = reports.id AND part.table_id = cells.table_id AND part.line_id = cells.line_id))),
  cells.table_id || '/' || cells.line_id || '/' || cells.column_id,
  (SELECT rules FROM contradicted WHERE contradicted.report = reports.id AND contradicted.table_id = cells.table_id
    AND contradicted.line_id = cells.line_id AND contradicted.column_id = cells.column_id)
FROM figures JOIN cells ON cells.id = figures.cell JOIN reports ON reports.id = figures.report
  JOIN agencies ON agencies.id = reports.agency
  JOIN columns ON columns.form = cells.form AND columns.table_id = cells.table_id AND columns.id = cells.column_id;
