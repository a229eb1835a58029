# Write the reference numbers of breaks: `Rscript breaks.R` in this folder, with the packages
# strucchange, sandwich and quadprog (Debian's r-cran-strucchange, r-cran-sandwich, r-cran-quadprog).
suppressPackageStartupMessages({library(strucchange); library(sandwich); library(quadprog)})

lines <- "case,quantity,value"
note <- function(case, quantity, value)
  lines <<- c(lines, sprintf("%s,%s,%s", case, quantity,
    ifelse(is.na(value), "", sprintf("%.15g", as.numeric(value)))))

# The largest Wald statistic of a change of the coefficients, its covariance of the residuals
# without a break, row by row.
sup_statistic <- function(y, x, least) {
  n <- length(y); e <- residuals(lm(y ~ 0 + x)); best <- -Inf
  for (k in least:(n - least)) {
    i <- 1:k; j <- (k + 1):n
    part <- function(rows) {
      bread <- solve(crossprod(x[rows, , drop = FALSE]))
      list(b = coef(lm(y[rows] ~ 0 + x[rows, , drop = FALSE])),
           v = bread %*% crossprod(x[rows, , drop = FALSE] * e[rows]) %*% bread)
    }
    p <- part(i); q <- part(j); d <- q$b - p$b
    best <- max(best, drop(t(d) %*% solve(p$v + q$v) %*% d))
  }
  best
}

of_case <- function(case, y, x, least, most, breaks, lags) {
  data <- data.frame(y = y); data$x <- x
  found <- breakpoints(y ~ 0 + x, data = data, h = least, breaks = most)
  table <- summary(found)$RSS
  for (m in 0:most) {
    rows <- if (m == 0) NULL else breakpoints(found, breaks = m)$breakpoints
    for (i in seq_along(rows)) note(case, sprintf("row %d of %d", i, m), rows[i])
    edges <- c(0, rows, length(y)); rss <- 0
    for (i in seq_len(length(edges) - 1)) {
      of <- (edges[i] + 1):edges[i + 1]
      rss <- rss + sum(residuals(lm(y[of] ~ 0 + x[of, , drop = FALSE]))^2)
    }
    note(case, sprintf("ssr %d", m), rss)
    note(case, sprintf("bic %d", m), table["BIC", m + 1])
  }
  covariances <- list(hc = function(fit) vcovHC(fit, type = "HC0"),
    hac = function(fit) NeweyWest(fit, lag = lags, prewhite = FALSE, adjust = FALSE))
  for (name in names(covariances)) {
    ends <- suppressWarnings(confint(found, breaks = breaks, vcov. = covariances[[name]]))$confint
    for (i in seq_len(breaks)) {
      note(case, sprintf("%s low %d", name, i), ends[i, 1])
      note(case, sprintf("%s high %d", name, i), ends[i, 3])
    }
  }
  note(case, "sup wald", sup_statistic(y, x, least))
}

of_variance <- function(case, v) {
  lags <- floor(4 * (length(v) / 100)^(2 / 9))
  square <- v^2
  path <- gefp(square ~ 1, fit = lm, vcov = function(fit, ...)
    NeweyWest(fit, lag = lags, prewhite = FALSE, adjust = FALSE), sandwich = TRUE)
  walk <- abs(coredata(path$process))
  note(case, "kappa 2", max(walk))
  note(case, "kappa 2 row", which.max(walk) - 1)
}

nile <- as.numeric(Nile)
writeLines(c("flow", sprintf("%g", nile)), "data/nile.csv")
of_case("nile", nile, cbind(rep(1, length(nile))), 15, 5, 1, 2)

one <- read.csv("data/one_series.csv")
move <- diff(log(one[[2]])) * 100
size <- abs(move - mean(move))
of_case("size", size, cbind(rep(1, length(size))), floor(length(size) / 10), 4, 2, 5)
of_variance("size", move - mean(move))
of_variance("nile", nile - mean(nile))

panel <- read.csv("data/panel.csv")
y <- diff(log(panel[[2]])) * 100; f <- diff(log(panel$market)) * 100
of_case("relation", y, cbind(1, f), floor(length(y) / 10), 3, 2, 3)

# Weights of a synthetic series: the quadratic programme on changes, donors non-negative, sum one.
weights_of <- function(case, y, x) {
  d <- 2 * crossprod(x); j <- ncol(x)
  found <- solve.QP(d, 2 * drop(crossprod(x, y)), cbind(rep(1, j), diag(j)), c(1, rep(0, j)), meq = 1)
  w <- found$solution
  for (k in seq_len(j)) note(case, sprintf("weight %d", k), w[k])
  note(case, "rmspe", sqrt(mean((y - drop(x %*% w))^2)))
}
all <- apply(log(as.matrix(panel[-1])), 2, diff) * 100
weights_of("weights of the first", all[, 1], all[, -1])
weights_of("weights of the last", all[, ncol(all)], all[, -ncol(all)])

writeLines(lines, "numbers/breaks.csv")
