# Means of nested factors as nesting.json. Run in the tests folder: Rscript reference/make_nesting.R. emmeans 1.8.4, lmerTest 3.1-3.
# Without adjustment: with `by` beside a nested factor emmeans takes the estimates of all values of `by` for one family.
# data_files/nested_varieties.csv is made up: 2 varieties of type a and 3 of type b, 2 levels of N, 5 blocks, 3 of 50 rows left out.
suppressMessages({library(lmerTest); library(emmeans); library(jsonlite)})
emm_options(lmer.df="satterthwaite", msg.interaction=FALSE, msg.nesting=FALSE)
d <- read.csv("data_files/nested_varieties.csv", stringsAsFactors=TRUE)
d$code <- factor(c(p="1", q="2", r="1", s="2", t="3")[as.character(d$variety)])
models <- list(crossed="y ~ (type + variety) * N + x + (1 | block)", slash="y ~ type/variety + N + x + (1 | block)", codes="y ~ type + type:code + N + x + (1 | block)")
calls <- list(crossed=list("N", "type", "variety", c("variety", "N"), c("variety", "type"), c("type", "N")), slash=list("type", "N", "variety"), codes=list("type", "code", "N"))
table <- function(e) { s <- as.data.frame(summary(e, infer=c(TRUE, TRUE))); list(estimate=s[[intersect(c("emmean", "estimate"), names(s))]], SE=s$SE, df=s$df, p=s$p.value) }
result <- list()
for (name in names(models)) {
  m <- suppressMessages(lmer(as.formula(models[[name]]), d))
  for (call in calls[[name]]) for (w in c("equal", "proportional")) {
    by <- if (length(call) > 1) call[2]
    e <- emmeans(m, call[1], by=by, weights=w)
    result[[length(result) + 1]] <- list(formula=models[[name]], specs=call[1], by=if (is.null(by)) list() else I(by), weights=w, means=table(e), pairs=table(pairs(e, adjust="none")))
  }
}
write_json(result, "reference/nesting.json", digits=10, auto_unbox=TRUE)
