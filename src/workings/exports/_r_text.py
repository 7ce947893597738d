"""The parts of the R file that all networks share; what @words stand for is put in."""

from __future__ import annotations

from workings.exports._script import Template

HEAD = Template("""\
# A neural network written out in R: every step of its working is one line of this file.
#
@uses
#
@sizes
#
@when_run

TITLE <- @title""")

TRAINS = """\
# Run by Rscript it trains the network again, compares what came out with what the engine that
# wrote this file had found, and says whether they agree (exit code 0) or not (1). Read by source()
# it defines the functions and does nothing."""
CHECKS = """\
# Run by Rscript it predicts some samples, compares the answers with those of the engine that wrote
# this file, and says whether they agree (exit code 0) or not (1). Read by source() it defines the
# functions and does nothing."""
LEFT_OUT = """
#
# The rows it was trained on are too many to stand here, so its training is not in this file."""
FIRST_EPOCH = """
#
# The rows were shuffled by NumPy, which R cannot repeat. So the first epoch alone is trained again,
# in the order it had then; the weights of the prediction are those of the whole training."""

COLUMNS = Template("""\
@heading

# How a cell spells that it is missing, in capitals or not.
@missing

is_missing <- function(cells) {
  is.na(cells) | tolower(trimws(as.character(cells))) %in% MISSING
}

cells_of <- function(rows, column) {
  if (!column %in% names(rows)) stop("there is no column ", encodeString(column, quote = '"'))
  rows[[column]]
}""")

NUMBERS = Template("""\
@columns

as_number <- function(cells) {
  if (is.numeric(cells)) return(as.numeric(cells))
  text <- trimws(as.character(cells))
  text[is_missing(cells)] <- NA
  found <- suppressWarnings(as.numeric(text))
  wrong <- is.na(found) & !is.na(text)
  if (any(wrong)) stop("a number was expected, not ", encodeString(text[wrong][1], quote = '"'))
  found
}""")

NEEDED = Template("""\
# Columns in which nothing may be missing, because nothing fills it.
@required

needed <- function(numbers) {
  holes <- which(is.na(numbers) & col(numbers) %in% match(REQUIRED, NUMBERS), arr.ind = TRUE)
  if (nrow(holes)) {
    stop("row ", holes[1, 1], ": ", encodeString(NUMBERS[holes[1, 2]]), " is missing")
  }
}""")

CATEGORIES = Template("""\
# The words of each column in the order of their places; NA is a missing cell.
CATEGORIES <- list(
@columns
)

# The place of each word among the words of its column, from 0; -1 for one that is none of them.
place <- function(cells, words, folded) {
  text <- trimws(as.character(cells))
  if (folded) text <- tolower(text)  # capitals do not matter
  text[is_missing(cells)] <- NA
  found <- match(text, words) - 1
  ifelse(is.na(found), -1, found)
}""")
CATEGORY = "list(column = {column}, folded = {folded}, words = c("

PREDICT_TABLE = Template("""\
# @what for each row of a data frame; its columns are found by name.
predict_rows <- function(rows) {
@arrays
  answer <- predict_matrix(@given)
  @labels
}""")
NUMBER_ARRAY = """\
  numbers <- do.call(cbind, lapply(NUMBERS, function(column) as_number(cells_of(rows, column))))"""
CHECKED = """
  needed(numbers)"""
AMOUNTS = """\
colnames(answer) <- OUTPUTS
  as.data.frame(answer, optional = TRUE)"""
LABELS = """\
said <- lapply(seq_along(OUTPUTS), function(i) ifelse(answer[, i] > 0.5, YES[i], NO[i]))
  names(said) <- OUTPUTS
  as.data.frame(said, optional = TRUE)"""
CATEGORY_ARRAY = """\
  categories <- do.call(cbind, lapply(CATEGORIES, function(one) {
    place(cells_of(rows, one$column), one$words, one$folded)
  }))"""

WHOLE = Template("""\
# @epochs iterations, each over all rows: the last values, and each loss per row.
train <- function() {
  values <- START
  losses <- numeric(@epochs)
  for (epoch in seq_len(@epochs)) {
    out <- do.call(one_iteration, c(list(X = X, y = y, lr = @lr), values))
    values <- out$values
    losses[epoch] <- out$loss@per_row
  }
  list(values = values, losses = losses)
}""")

BATCHES = Template("""\
# @epochs of @iterations iterations: the last values, and each loss per row.
train <- function() {
  values <- START
  losses <- numeric(@count)
  for (epoch in seq_len(@count)) {
    total <- 0
    for (first in seq(1, @samples, by = @size)) {
      rows <- @order
      batch <- list(X = @X, y = @y, lr = @lr)
      out <- do.call(one_iteration, c(batch, values))
      values <- out$values
      total <- total + out$loss@rows
    }
    losses[epoch] <- total / @samples
  }
  list(values = values, losses = losses)
}""")

CHECK = Template("""\
# The largest difference, measured by the largest number that was expected.
difference <- function(found, expected) {
  if (!identical(dim(found), dim(expected))) return(Inf)
  largest <- max(abs(expected))
  max(abs(found - expected)) / (if (largest > 0) largest else 1)
}

# Says whether this file computes what the engine computed, and ends with 1 if it does not.
main <- function() {
  checks <- list(predictions = c(difference(do.call(predict_matrix, TESTS), EXPECTED), @allowed))
@training  agrees <- vapply(checks, function(check) isTRUE(check[1] <= check[2]), logical(1))
  largest <- max(vapply(checks, function(check) check[1], numeric(1)))
  if (!all(agrees)) {
    wrong <- paste(names(checks)[!agrees], collapse = ", ")
    cat(sprintf("DIFFERS: %s; largest relative difference %.1e\\n", wrong, largest))
    quit(status = 1)
  }
  cat(sprintf("agrees with the engine: largest relative difference %.1e\\n", largest))
}

if (sys.nframe() == 0) main()""")

TRAINING = Template("""\
  trained <- train()
  for (epoch in @shown) {
    cat(sprintf("epoch %6d   loss per row %.6g\\n", epoch, trained$losses[epoch]))
  }
  checks[["loss of epoch @epoch"]] <- c(difference(trained$losses[@epoch], @loss), @tolerance)
""")
WEIGHTS = Template("""\
@weights
  for (word in names(weights)) {
    checks[[word]] <- c(difference(trained$values[[word]], weights[[word]]), @tolerance)
  }
""")
AFTER = Template("""\
  out <- do.call(one_iteration, c(list(X = X, y = y, lr = @lr), trained$values))
  checks[["loss after epoch 1"]] <- c(difference(out$loss, @loss), @tolerance)
""")
CHAOS = """\
  # From then on the last digits of rounding decide where this training goes: two machines that
  # are both right part. So its end is not compared.
"""
