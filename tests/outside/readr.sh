# R's readr: the recipe as printed gives the answer, and every text is kept: a guess of the types can lose all that `printed` holds.
# apt: r-base-core r-cran-readr
Rscript snippets/readr >found 2>messages || { cat messages; exit 1; }
diff answer found
cat >compare.R <<'END'
suppressMessages(library(readr))
recipe <- readLines("snippets/readr")
eval(parse(text = grep("^types <- ", recipe, value = TRUE)))
file <- paste0(Sys.getenv("SITE"), "data/observations.csv")
rows <- as.data.frame(read_csv(file, col_types = types, na = character(), progress = FALSE))
plain <- read.csv(file, colClasses = "character", na.strings = NULL, encoding = "UTF-8", check.names = FALSE)
stopifnot(identical(names(rows), names(plain)), nrow(rows) == nrow(plain), nrow(problems(rows)) == 0)
for (name in names(rows)) stopifnot(identical(as.character(rows[[name]]), plain[[name]]))
cat(sum(plain$printed != ""), "texts kept,", suppressWarnings(sum(!is.na(read_csv(file, show_col_types = FALSE, progress = FALSE)$printed))), "by guessing\n")
END
Rscript compare.R
