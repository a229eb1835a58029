# What one position of one series says: normal return, AR, CAR, their errors, the weights of the CAR.
# Base R only. Rows are those of R (1 = first row of the file, which has no return).
# Written the slow way from the formulas of an event study; nothing here is shared with the product.

returns_of <- function(rate, kind) {
  r <- rep(NA_real_, length(rate))
  for (i in 2:length(rate)) {
    if (kind == "log") r[i] <- log(rate[i]) - log(rate[i - 1])
    else r[i] <- (rate[i] - rate[i - 1]) / rate[i - 1]
  }
  r
}

# The first row whose day is not before the event's day; NA when the file has none, or no base.
row_of <- function(days, day) {
  for (i in seq_along(days)) if (days[i] >= day) return(if (i == 1) NA else i)
  NA
}

beta_of <- function(y, x) unname(coef(lm(y ~ x))[2])

# r: returns of the series; f: matrix of factor returns (may have no column); bar: rows that no
# estimation may use; a: row of offset 0; q: the case.
measure <- function(r, f, bar, a, q) {
  n <- length(r)
  offsets <- q$first:q$last
  event_rows <- a + offsets
  from <- a + q$first - q$gap - q$estimation
  to <- a + q$first - q$gap - 1
  uses_factors <- !(q$model %in% c("none", "mean"))
  rows <- c()
  for (i in from:to) {
    if (i < 2 || i > n || bar[i] || is.na(r[i])) next
    if (uses_factors && any(is.na(f[i, ]))) next
    rows <- c(rows, i)
  }
  m <- length(rows)
  out <- list(m = m, from = from)
  if (m < q$min_estimation) return(out)
  at <- function(v, i) ifelse(i >= 1 & i <= n, v[pmax(pmin(i, n), 1)], NA)
  observed <- sapply(event_rows, function(i) at(r, i))
  fx <- if (uses_factors) sapply(seq_len(ncol(f)), function(k) sapply(event_rows, function(i) at(f[, k], i))) else NULL
  if (uses_factors) fx <- matrix(fx, nrow = length(offsets))
  y <- r[rows]
  ex <- if (uses_factors) matrix(f[rows, ], nrow = m) else NULL
  if (q$model == "none") {
    p <- 0; normal <- rep(0, length(offsets)); e <- y
    X <- NULL; Xs <- NULL
  } else if (q$model == "market-adjusted") {
    p <- 0; normal <- fx[, 1]; e <- y - ex[, 1]
    X <- NULL; Xs <- NULL
  } else if (q$model == "mean") {
    fit <- lm(y ~ 1)
    p <- 1; normal <- rep(unname(coef(fit)[1]), length(offsets)); e <- unname(residuals(fit))
    X <- matrix(1, m, 1); Xs <- matrix(1, length(offsets), 1)
  } else if (q$model == "market") {
    d <- data.frame(y = y, ex)
    fit <- lm(y ~ ., data = d)
    new <- data.frame(fx); names(new) <- names(d)[-1]
    normal <- unname(predict(fit, newdata = new))
    p <- 1 + ncol(ex); e <- unname(residuals(fit))
    X <- cbind(1, ex); Xs <- cbind(1, fx)
  } else { # scholes-williams: pairs of neighbouring rows that lie in the estimation window
    lag_y <- c(); lag_x <- c(); lag_now <- c(); lead_y <- c(); lead_x <- c()
    for (i in max(from, 2):to) {
      if (bar[i] || is.na(r[i]) || is.na(f[i, 1])) next
      if (i - 1 >= max(from, 2) && !is.na(f[i - 1, 1])) {
        lag_y <- c(lag_y, r[i]); lag_x <- c(lag_x, f[i - 1, 1]); lag_now <- c(lag_now, f[i, 1])
      }
      if (i + 1 <= to && !is.na(f[i + 1, 1])) {
        lead_y <- c(lead_y, r[i]); lead_x <- c(lead_x, f[i + 1, 1])
      }
    }
    b <- (beta_of(lag_y, lag_x) + beta_of(y, ex[, 1]) + beta_of(lead_y, lead_x)) /
      (1 + 2 * cor(lag_now, lag_x))
    alpha <- mean(y) - b * mean(ex[, 1])
    p <- 2; normal <- alpha + b * fx[, 1]; e <- y - alpha - b * ex[, 1]
    X <- cbind(1, ex); Xs <- cbind(1, fx)
  }
  sigma <- sqrt(sum(e^2) / (m - p))
  if (max(abs(e)) < 1e-13) sigma <- 0
  residual <- rep(NA_real_, n)
  residual[rows] <- e
  out$p <- p; out$df <- m - p; out$sigma <- sigma; out$residual <- residual; out$rows <- rows
  out$observed <- observed; out$normal <- normal; out$ar <- observed - normal
  V <- diag(length(offsets))
  if (p > 0) {
    XtX <- t(X) %*% X
    bread <- solve(XtX)
    V <- V + Xs %*% bread %*% t(Xs)
  }
  out$ar_se <- sigma * sqrt(diag(V))
  if (q$model %in% c("mean", "market") && sigma > 0) {
    # lm's own standard error of prediction must say the same
    if (q$model == "mean") new <- data.frame(y = rep(0, length(offsets)))
    se <- predict(fit, newdata = new, se.fit = TRUE)
    other <- sqrt(se$se.fit^2 + se$residual.scale^2)
    stopifnot(isTRUE(all.equal(unname(other), out$ar_se, tolerance = 1e-10)))
  }
  for (w in q$windows) {
    inside <- which(offsets >= w$a & offsets <= w$b)
    car <- sum(out$ar[inside])
    if (!is.na(car) && abs(car) < 1e-14) car <- 0
    # 1' V 1 over the window; it has a value where the factors have one
    se <- sigma * sqrt(sum(V[inside, inside]))
    out$car[[w$name]] <- car
    out$car_se[[w$name]] <- se
    out$scar[[w$name]] <- if (is.na(car) || is.na(se) || se == 0) NA else car / se
    out$bhar[[w$name]] <- if (q$returns == "simple") prod(1 + observed[inside]) - prod(1 + normal[inside]) else NA
    # the CAR as a weighted sum of the series' returns
    if (!is.na(car)) {
      weight <- rep(0, n)
      for (k in inside) weight[event_rows[k]] <- 1
      if (p > 0) {
        total <- rep(0, ncol(X))
        for (k in inside) total <- total + Xs[k, ]
        use <- X %*% bread %*% total
        for (k in seq_along(rows)) weight[rows[k]] <- weight[rows[k]] - use[k]
      }
      out$weight[[w$name]] <- weight
    }
  }
  out
}

# RiskMetrics volatility known on the eve of each row.
eve_volatility <- function(r) {
  v <- rep(NA_real_, length(r))
  now <- NA
  for (i in seq_along(r)) {
    v[i] <- sqrt(now)
    if (!is.na(r[i])) now <- if (is.na(now)) r[i]^2 else 0.94 * now + 0.06 * r[i]^2
  }
  v
}
