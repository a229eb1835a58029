# Lead-lag correlation and the regression on categories with Newey-West errors, with loops.

# Rows of the file that hold an event of a group, and the returns, without the rows that have none.
correlation_lines <- function(q, returns, events) {
  out <- c()
  add <- function(...) out <<- c(out, sprintf(...))
  groups <- groups_of(events)
  for (group in names(groups)) {
    ev <- groups[[group]]
    have <- which(!is.na(returns))
    indicator <- rep(0, length(returns))
    for (e in ev) indicator[e$anchor] <- 1
    r <- returns[have]; d <- indicator[have]
    # ccf(x, y) at lag k is the correlation of x[t + k] with y[t]
    found <- ccf(r, d, lag.max = 5, plot = FALSE)
    n <- length(r)
    all_shifts <- sapply(0:(n - 1), function(s) cor(d, r[(seq_len(n) - 1 + s) %% n + 1]))
    band <- quantile(all_shifts, c(0.025, 0.975), names = FALSE)
    for (k in -5:5) {
      add("point_biserial,%s,%d,%s,%s,%s,%d", group, k, number(found$acf[found$lag == k]), number(band[1]),
          number(band[2]), n)
    }
    score <- sapply(ev, function(e) e$expected)
    if (length(ev) < 5 || length(unique(score)) == 1) next
    for (k in -5:5) {
      rows <- sapply(ev, function(e) e$anchor) + k
      inside <- rows >= 1 & rows <= length(returns)
      usable <- inside & !is.na(returns[pmax(pmin(rows, length(returns)), 1)])
      if (sum(usable) < 5) next
      rho <- cor(score[usable], round(returns[rows[usable]], 13), method = "spearman")
      add("spearman,%s,%d,%s,,,%d", group, k, number(rho), sum(usable))
    }
  }
  out
}

# y on a constant, a dummy for each category, the factors and a constant for each further series.
regression_lines <- function(q, data, f, events) {
  categories <- sort(unique(sapply(events, function(e) e$category)))
  series <- split_words(q$series)
  n <- nrow(data)
  blocks <- list()
  for (k in seq_along(series)) {
    y <- returns_of(data[[series[k]]], q$returns)
    X <- cbind(constant = rep(1, n))
    for (category in categories) {
      dummy <- rep(0, n)
      for (e in events) if (e$series == series[k] && e$category == category) dummy[e$anchor] <- 1
      X <- cbind(X, dummy)
    }
    X <- cbind(X, f)
    for (other in seq_along(series)[-1]) X <- cbind(X, as.numeric(other == k))
    keep <- !is.na(y) & rowSums(is.na(X)) == 0
    blocks[[k]] <- list(y = y[keep], X = X[keep, , drop = FALSE])
  }
  X <- do.call(rbind, lapply(blocks, function(b) b$X))
  y <- unlist(lapply(blocks, function(b) b$y))
  fit <- lm(y ~ X - 1)
  b <- unname(coef(fit))
  p <- ncol(X)
  lags <- floor(4 * (max(sapply(blocks, function(b) length(b$y))) / 100)^(2 / 9))
  meat <- matrix(0, p, p)
  for (block in blocks) {
    e <- as.numeric(block$y - block$X %*% b)
    T <- length(e)
    for (s in 1:T) for (t in 1:T) {
      if (abs(s - t) > lags) next
      weight <- 1 - abs(s - t) / (lags + 1)
      meat <- meat + weight * e[s] * e[t] * block$X[s, ] %*% t(block$X[t, ])
    }
  }
  bread <- solve(t(X) %*% X)
  se <- sqrt(diag(bread %*% meat %*% bread))
  t <- b / se
  names <- c("constant", categories, split_words(q$factors), if (length(series) > 1) paste0("series_", seq_along(series)[-1] - 1))
  sprintf("%s,%s,%s,%s,%s,%d,%d", names, number(b), number(se), number(t),
          number(2 * pt(-abs(t), length(y) - p)), length(y), lags)
}
