#!/usr/bin/env bash
# lm finds 7e-316 more sales a year where lmer, on the same table from fread, finds 151 million.
#
# One would expect: lm and lmer to agree on a trend that is the same in all firms, whichever function read the file; and a year more
# of data to change a slope a little.
# What happens: data.table's fread reads a column of whole numbers as integer64 (bit64) as soon as one of them is beyond 2147483647. Such
# a column prints, sums and averages as numbers do, but is stored as the bits of 64-bit integers in a vector of doubles. lm takes the
# bits for doubles: as an outcome it answers with a slope of 7e-316, and NA or nonsense for the rest, with a warning of an overflow that
# does not say where; as a predictor with NaN. tapply's means of groups are of the bits too, without a word, where mean() of
# a part is right. lmer is right for the outcome, and ends in an error for a predictor. Until the tenth year brings the first sale
# beyond the limit, all is well. That such columns come without a word is known (data.table issue 3611).
# Versions: data.table 1.14.8, bit64 4.0.5, lme4 1.1-31 (Debian 12), R 4.2.2.
# Why it matters: "my lm and lmer coefficients differ" has here a cause that no book on mixed models tells: the reader of the file. Sales,
# incomes in yen or rupiah, national products and counts of cells are beyond the limit. Ours read such columns as numbers.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mapfile -t packages < <(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
  r-cran-lme4 r-cran-data.table r-cran-bit64 | grep -E '^(r-cran-|libnlopt0)' | sort -u)
apt-get -o APT::Sandbox::User=root download --quiet=2 "${packages[@]}"
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"
LD_LIBRARY_PATH="$(dirname "$(find root -name 'libnlopt.so.0' -print -quit)")"
export LD_LIBRARY_PATH="$folder/$LD_LIBRARY_PATH"

cat > program.R <<'R'
suppressMessages({library(data.table); library(bit64); library(lme4)})
stopifnot(packageVersion("data.table") == "1.14.8", packageVersion("bit64") == "4.0.5", packageVersion("lme4") == "1.1.31")
set.seed(1)
d <- data.frame(firm = rep(paste0("firm", 1:8), each = 10), year = rep(1:10, 8))
d$sales <- round(4e8 + 1.5e8 * d$year + 1e8 * rnorm(8)[as.integer(factor(d$firm))] + 2e7 * rnorm(80))
d$sales[d$year == 10 & d$firm == "firm1"] <- 2150123457
write.csv(d, "firms.csv", row.names = FALSE, quote = FALSE)
show <- function(title, table) {
  cat(sprintf("%s: sales are %s\n", title, class(table$sales)))
  cat("  lm, sales per year      ", format(coef(lm(sales ~ year, table))[["year"]], digits = 3), "\n")
  cat("  lmer, sales per year    ", format(fixef(lmer(sales ~ year + (1 | firm), table))[["year"]], digits = 3), "\n")
  cat("  mean of firm 2          ", format(as.numeric(mean(table$sales[table$firm == "firm2"])), digits = 3), "\n")
  cat("  tapply's mean of firm 2 ", format(tapply(table$sales, table$firm, mean)[["firm2"]], digits = 3), "\n")
  table$late <- as.integer(table$year > 5)
  cat("  lm, late per sales      ", format(coef(lm(late ~ sales, table))[["sales"]], digits = 3), "\n")
  lmer_slope <- tryCatch(fixef(lmer(late ~ scale(year) + sales + (1 | firm), table))[["sales"]], error = conditionMessage)
  cat("  lmer, late per sales    ", format(lmer_slope, digits = 3), "\n")
}
all <- fread("firms.csv")
show("read.csv", read.csv("firms.csv"))
show("fread", all)
fwrite(all[year < 10], "earlier.csv")
show("fread without the tenth year", fread("earlier.csv"))
R

cat > recorded.txt <<'TXT'
read.csv: sales are numeric
  lm, sales per year       1.51e+08 
  lmer, sales per year     1.51e+08 
  mean of firm 2           1.24e+09 
  tapply's mean of firm 2  1.24e+09 
  lm, late per sales       9.59e-10 
  lmer, late per sales     -2.38e-10 
fread: sales are integer64
  lm, sales per year       7.44e-316 
  lmer, sales per year     1.51e+08 
  mean of firm 2           1.24e+09 
  tapply's mean of firm 2  6.14e-315 
  lm, late per sales       NaN 
  lmer, late per sales     Downdated VtV is not positive definite 
fread without the tenth year: sales are integer
  lm, sales per year       1.48e+08 
  lmer, sales per year     1.48e+08 
  mean of firm 2           1.17e+09 
  tapply's mean of firm 2  1.17e+09 
  lm, late per sales       1.07e-09 
  lmer, late per sales     -1.55e-10 
TXT
Rscript program.R > observed.txt 2> /dev/null
cat <<'TXT'
Expected: the same numbers from read.csv and fread.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
