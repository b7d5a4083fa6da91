# The oracle of the Farrington method: run once with R 4.2.2 and surveillance 1.20.3 (Debian: r-cran-surveillance).
#   Rscript benchmarks/farrington_oracle.R FOLDER
# writes series.csv and oracle.csv, which benchmarks/farrington.py compares with ours. R is needed for nothing else.
suppressMessages(library(surveillance))
folder <- commandArgs(TRUE)[1]
set.seed(20210531)
weeks <- 420
season <- function(base, wave, growth, size) {
  mean <- exp(log(base) + wave * sin(2 * pi * (1:weeks) / 52.18) + growth * (1:weeks) / weeks)
  counts <- if (is.finite(size)) rnbinom(weeks, mu = mean, size = size) else rpois(weeks, mean)
  hit <- sample(270:weeks, 3)
  counts[hit] <- counts[hit] * 2 + 3
  counts
}
made <- list(
  big = season(80, 0.4, 0.3, 15), middle = season(12, 0.2, -0.5, 8), small = season(2, 0.3, 0, Inf),
  sparse = season(0.3, 0.5, 0.2, Inf), rare = season(0.05, 0, 0, Inf), flat = season(30, 0, 0, Inf),
  burst = season(6, 0.1, 2, 3), gaps = season(25, 0.3, 0.2, 10)
)
made$gaps[sample(weeks, 40)] <- NA
first <- list(big = "2012-01-02", middle = "2013-06-01", small = "2012-02-29", sparse = "2013-01-05", rare = "2012-01-02",
              flat = "2011-12-31", burst = "2014-08-13", gaps = "2012-01-05")
asked <- list(
  list(b = 5, w = 3, noPeriods = 10, past = 26, trend = 1, beyond = 2.58, alpha = 0.05, from = 300),
  list(b = 3, w = 2, noPeriods = 5, past = 4, trend = 0.05, beyond = 1, alpha = 0.01, from = 260),
  list(b = 2, w = 4, noPeriods = 1, past = 26, trend = 1, beyond = 2.58, alpha = 0.05, from = 200)
)
series <- oracle <- NULL
for (name in names(made)) {
  dates <- seq(as.Date(first[[name]]), by = 7, length.out = weeks)
  series <- rbind(series, data.frame(series = name, date = dates, observed = made[[name]]))
  thing <- new("sts", epoch = as.numeric(dates), epochAsDate = TRUE, freq = 52, observed = matrix(made[[name]]),
               state = matrix(0, weeks, 1))
  for (one in asked) for (method in c("nbPlugin", "delta")) for (at in seq(one$from, weeks, by = 5)) {
    done <- try(suppressWarnings(farringtonFlexible(thing, list(
      range = at, b = one$b, w = one$w, noPeriods = one$noPeriods, pastWeeksNotIncluded = one$past, trend = TRUE,
      pThresholdTrend = one$trend, weightsThreshold = one$beyond, alpha = one$alpha, limit54 = c(0, 4),
      thresholdMethod = method, glmWarnings = FALSE))), silent = TRUE)
    found <- if (inherits(done, "try-error")) c(NA, NA, NA, NA, 1) else
      c(done@control$expected, done@upperbound, done@control$pvalue, done@alarm, 0)
    oracle <- rbind(oracle, data.frame(series = name, week_index = at, b = one$b, w = one$w, periods = one$noPeriods,
      past = one$past, trend_p = one$trend, beyond = one$beyond, alpha = one$alpha, threshold = method,
      expected = found[1], upper = found[2], p = found[3], alarm = found[4], failed = found[5]))
  }
}
options(digits = 16)
write.csv(series, file.path(folder, "series.csv"), row.names = FALSE)
write.csv(format(oracle, digits = 16), file.path(folder, "oracle.csv"), row.names = FALSE, quote = FALSE)
