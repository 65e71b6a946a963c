# lme4 at the other end of a pipe: a line of JSON in, a line of JSON out, so that its runs alternate with the others'.
#   {"load": "rows.csv", "levels": {"g": ["a", "b"]}}   read a table; what "levels" names becomes a factor
#   {"fit": "y ~ x + (x | g)", "conditional": false}    fit it, and say what was found and how long it took; where
#                                                       asked also how long with the random effects' conditional SEs
#   {"task": "satterthwaite", "formula": "..."}         one of `tasks` below, its answer and how long it took
suppressPackageStartupMessages({library(lme4); library(jsonlite)})

say <- function(...) cat(toJSON(list(...), auto_unbox = TRUE, digits = NA), "\n", sep = "")

load_rows <- function(request) {
  rows <- read.csv(request$load, check.names = FALSE)
  for (name in names(request$levels)) rows[[name]] <- factor(rows[[name]], levels = request$levels[[name]])
  rows
}

fit_rows <- function(formula, rows, conditional) {
  invisible(gc())
  begin <- Sys.time()
  since <- function() as.numeric(Sys.time() - begin, units = "secs")
  model <- suppressMessages(suppressWarnings(lmer(formula, rows)))
  estimate <- fixef(model)
  se <- sqrt(diag(as.matrix(vcov(model))))
  random <- ranef(model, condVar = FALSE)
  answer <- list(seconds = since(), estimate = unname(estimate), se = unname(se), criterion = REMLcrit(model))
  if (conditional) {
    random_se <- sqrt(apply(attr(ranef(model, condVar = TRUE)[[1]], "postVar"), 3, diag))
    answer$conditional <- since()
  }
  do.call(say, answer)
}

seconds <- function(work) { invisible(gc()); begin <- Sys.time(); force(work); as.numeric(Sys.time() - begin, units = "secs") }

# Each from the formula and the rows to the answer, the fit included where it is not given.
tasks <- list(
  satterthwaite = function(formula, rows) summary(lmerTest::lmer(formula, rows))$coefficients[, c("Std. Error", "df")],
  `kenward-roger` = function(formula, rows) {
    model <- lme4::lmer(formula, rows)
    adjusted <- pbkrtest::vcovAdj(model)
    df <- sapply(seq_along(fixef(model)), function(k) pbkrtest::Lb_ddf(as.numeric(seq_along(fixef(model)) == k), vcov(model), adjusted))
    cbind(sqrt(diag(as.matrix(adjusted))), df)
  },
  bootstrap = function(formula, rows) {  # 50 replicates
    model <- lme4::lmer(formula, rows)
    draws <- lme4::bootMer(model, fixef, nsim = 50, seed = 1)
    cbind(apply(draws$t, 2, sd), NA)
  },
  profile = function(formula, rows) suppressMessages(confint(lme4::lmer(formula, rows), method = "profile", quiet = TRUE))
)

run_task <- function(name, formula, rows) {
  answer <- NULL
  took <- try(seconds(answer <- suppressMessages(suppressWarnings(tasks[[name]](formula, rows)))), silent = TRUE)
  if (inherits(took, "try-error")) say(trouble = substr(trimws(took), 1, 60)) else say(seconds = took, answer = unname(as.matrix(answer)))
}

input <- file("stdin", "r")
say(version = as.character(packageVersion("lme4")))
while (length(line <- readLines(input, n = 1)) > 0) {
  request <- fromJSON(line)
  if (!is.null(request$load)) {
    rows <- load_rows(request)
    say(rows = nrow(rows))
  } else if (!is.null(request$task)) {
    run_task(request$task, as.formula(request$formula), rows)
  } else {
    fit_rows(as.formula(request$fit), rows, isTRUE(request$conditional))
  }
}
