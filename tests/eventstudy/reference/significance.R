# Every test of a group of events in one window, from its formula, with loops.
# Each returns c(statistic, df, p, n); NA where the test does not apply.

nothing <- function(n) c(NA, NA, NA, n)
from_t <- function(t, df, n) if (is.finite(t)) c(t, df, 2 * pt(-abs(t), df), n) else nothing(n)
from_z <- function(z, n) if (is.finite(z)) c(z, NA, 2 * pnorm(-abs(z)), n) else nothing(n)
varies <- function(x) length(x) >= 2 && sd(x) > 1e-12 * max(abs(x))
mean_t <- function(x) {
  if (!varies(x)) return(nothing(length(x)))
  test <- t.test(x)
  c(unname(test$statistic), unname(test$parameter), test$p.value, length(x))
}

# ev: list of measured events that have a CAR in the window; w: the window; q: the case.
car_of <- function(ev, w) sapply(ev, function(e) e$car[[w$name]])
scar_of <- function(ev, w) sapply(ev, function(e) e$scar[[w$name]])
with_scar <- function(ev, w) Filter(function(e) !is.na(e$scar[[w$name]]), ev)

cross_section_t <- function(ev, w, q) mean_t(car_of(ev, w))

time_series_t <- function(ev, w, q) {
  ev <- with_scar(ev, w)
  if (length(ev) == 0) return(nothing(0))
  total <- 0; variance <- 0; df <- Inf
  for (e in ev) {
    total <- total + e$car[[w$name]] / length(ev)
    variance <- variance + e$sigma^2 / length(ev)^2
    df <- min(df, e$df)
  }
  from_t(total / sqrt(w$length * variance), df, length(ev))
}

brown_warner_1985 <- function(ev, w, q) {
  n <- length(ev)
  averages <- c()
  for (k in 0:(q$estimation - 1)) {
    values <- c()
    for (e in ev) {
      i <- e$from + k
      if (i >= 2 && !is.na(e$residual[i])) values <- c(values, e$residual[i])
    }
    if (length(values)) averages <- c(averages, mean(values))
  }
  if (!varies(averages)) return(nothing(n))
  from_t(mean(car_of(ev, w)) / (sd(averages) * sqrt(w$length)), length(averages) - 1, n)
}

patell_z <- function(ev, w) {
  total <- 0; q <- 0; n <- 0
  for (e in ev) {
    if (is.na(e$scar[[w$name]]) || e$df <= 2) next
    total <- total + e$scar[[w$name]]
    q <- q + e$df / (e$df - 2)
    n <- n + 1
  }
  c(total / sqrt(q), n)
}
patell <- function(ev, w, q) {
  z <- patell_z(ev, w)
  from_z(z[1], z[2])
}

patell_original <- function(ev, w, q) {
  total <- 0; n <- 0
  for (e in ev) {
    if (e$sigma == 0 || e$df <= 2) next
    csar <- 0
    for (t in w$a:w$b) {
      k <- t - q$first + 1
      csar <- csar + e$ar[k] / e$ar_se[k] / sqrt(w$length * e$df / (e$df - 2))
    }
    total <- total + csar
    n <- n + 1
  }
  from_z(total / sqrt(n), n)
}

bmp <- function(ev, w, q) mean_t(scar_of(with_scar(ev, w), w))

# Mean correlation of the estimation residuals on the same calendar rows.
residual_r <- function(ev) {
  n <- length(ev)
  total <- 0
  for (i in 1:n) for (j in 1:n) {
    if (i == j) next
    x <- c(); y <- c()
    for (t in seq_along(ev[[i]]$residual)) {
      if (is.na(ev[[i]]$residual[t]) || is.na(ev[[j]]$residual[t])) next
      x <- c(x, ev[[i]]$residual[t]); y <- c(y, ev[[j]]$residual[t])
    }
    if (length(x) >= 30 && sd(x) > 1e-13 && sd(y) > 1e-13) total <- total + cor(x, y)
  }
  total / (n * (n - 1))
}

kolari_pynnonen <- function(ev, w, q) {
  ev <- with_scar(ev, w)
  base <- mean_t(scar_of(ev, w))
  n <- length(ev)
  if (n < 2 || is.na(base[1])) return(nothing(n))
  r <- residual_r(ev)
  if (1 + (n - 1) * r <= 0) return(nothing(n))
  from_t(base[1] * sqrt((1 - r) / (1 + (n - 1) * r)), n - 1, n)
}

adjusted_patell <- function(ev, w, q) {
  ev <- with_scar(ev, w)
  z <- patell_z(ev, w)
  n <- z[2]
  if (n < 2) return(nothing(n))
  scale <- 1 + (n - 1) * residual_r(ev)
  if (scale <= 0) return(nothing(n))
  from_z(z[1] / sqrt(scale), n)
}

# Correlation of two series: of their residuals on common rows, averaged over the events there.
series_r <- function(ev, one, two) {
  if (one == two) return(1)
  x <- c(); y <- c()
  for (t in seq_along(ev[[1]]$residual)) {
    here <- list(c(), c())
    for (e in ev) {
      if (is.na(e$residual[t])) next
      if (e$series == one) here[[1]] <- c(here[[1]], e$residual[t])
      if (e$series == two) here[[2]] <- c(here[[2]], e$residual[t])
    }
    if (length(here[[1]]) && length(here[[2]])) {
      x <- c(x, mean(here[[1]])); y <- c(y, mean(here[[2]]))
    }
  }
  if (length(x) < 30 || sd(x) < 1e-13 || sd(y) < 1e-13) return(0)
  cor(x, y)
}

# Mean correlation of the CARs from their own weights.
overlap_r <- function(ev, w) {
  n <- length(ev)
  names <- unique(sapply(ev, function(e) e$series))
  rho <- matrix(1, length(names), length(names), dimnames = list(names, names))
  for (one in names) for (two in names) rho[one, two] <- series_r(ev, one, two)
  total <- 0
  for (i in 1:n) for (j in 1:n) {
    if (i == j) next
    ci <- ev[[i]]$weight[[w$name]]; cj <- ev[[j]]$weight[[w$name]]
    total <- total + rho[ev[[i]]$series, ev[[j]]$series] * sum(ci * cj) / sqrt(sum(ci^2) * sum(cj^2))
  }
  total / (n * (n - 1))
}

overlap_t <- function(ev, w, q) {
  ev <- with_scar(ev, w)
  base <- mean_t(scar_of(ev, w))
  n <- length(ev)
  if (n < 2 || is.na(base[1])) return(nothing(n))
  r <- overlap_r(ev, w)
  if (1 + (n - 1) * r <= 0 || r >= 1) return(nothing(n))
  from_t(base[1] * sqrt((1 - r) / (1 + (n - 1) * r)), n - 1, n)
}

overlap_patell <- function(ev, w, q) {
  ev <- with_scar(ev, w)
  z <- patell_z(ev, w)
  n <- z[2]
  if (n < 2) return(nothing(n))
  scale <- 1 + (n - 1) * overlap_r(ev, w)
  if (scale <= 0) return(nothing(n))
  from_z(z[1] / sqrt(scale), n)
}

# Equal to the 13th decimal is equal: ranks must not hang on a last digit.
ranks <- function(x) rank(round(x, 13))

corrado_rank <- function(ev, w, q) {
  n <- length(ev)
  m <- q$estimation
  l <- q$last - q$first + 1
  u <- matrix(NA, n, m + l)
  for (i in 1:n) {
    e <- ev[[i]]
    values <- c(sapply(0:(m - 1), function(k) if (e$from + k >= 2) e$residual[e$from + k] else NA), e$ar)
    have <- which(!is.na(values))
    u[i, have] <- ranks(values[have]) / (1 + length(have)) - 0.5
  }
  squares <- c(); averages <- c()
  scaled <- rep(NA, m + l); mean_u <- rep(NA, m + l)
  for (t in 1:(m + l)) {
    here <- u[!is.na(u[, t]), t]
    if (length(here) == 0) next
    scaled[t] <- sum(here) / sqrt(length(here)); mean_u[t] <- mean(here)
    squares <- c(squares, scaled[t]^2); averages <- c(averages, mean_u[t]^2)
  }
  columns <- m + (w$a:w$b) - q$first + 1
  if (w$length == 1) from_z(scaled[columns] / sqrt(mean(squares)), n)
  else from_z(sqrt(w$length) * mean(mean_u[columns]) / sqrt(mean(averages)), n)
}

sign <- function(ev, w, q) {
  x <- car_of(ev, w)
  up <- sum(x > 0); n <- sum(x != 0)
  if (n == 0) return(nothing(0))
  c((up - n / 2) / (sqrt(n) / 2), NA, binom.test(up, n)$p.value, n)
}

generalized_sign <- function(ev, w, q) {
  up <- 0; n <- 0; phat <- 0
  for (e in ev) {
    past <- e$residual[!is.na(e$residual) & abs(e$residual) > 1e-14]
    if (e$car[[w$name]] == 0 || length(past) == 0) next
    n <- n + 1
    if (e$car[[w$name]] > 0) up <- up + 1
    phat <- phat + sum(past > 0) / length(past)
  }
  if (n == 0) return(nothing(0))
  phat <- phat / n
  from_z((up - n * phat) / sqrt(n * phat * (1 - phat)), n)
}

wilcoxon <- function(ev, w, q) {
  x <- car_of(ev, w)
  x <- x[x != 0]
  n <- length(x)
  if (n == 0) return(nothing(0))
  rank_of <- ranks(abs(x))
  positive <- sum(rank_of[x > 0])
  z <- (positive - sum(rank_of) / 2) / sqrt(sum(rank_of^2) / 4)
  if (any(duplicated(rank_of))) {
    # all 2^n signs, one rank after the other: ways to reach each doubled sum
    ways <- c(1)
    for (r in round(2 * rank_of)) ways <- c(ways, rep(0, r)) + c(rep(0, r), ways)
    p <- ways / sum(ways)
    s <- round(2 * positive)
    tail <- min(sum(p[1:(s + 1)]), sum(p[(s + 1):length(p)]))
    c(z, NA, min(1, 2 * tail), n)
  } else {
    c(z, NA, wilcox.test(x, exact = n <= 50, correct = FALSE)$p.value, n)
  }
}

grank_parts <- function(ev, w, q) {
  ev <- with_scar(ev, w)
  n <- length(ev)
  scar <- scar_of(ev, w)
  if (!varies(scar)) return(NULL)
  m <- q$estimation
  u <- matrix(NA, n, m + 1)
  points <- c()
  for (i in 1:n) {
    e <- ev[[i]]
    past <- sapply(0:(m - 1), function(k) if (e$from + k >= 2) e$residual[e$from + k] / e$sigma else NA)
    values <- c(past, scar[i] / sd(scar))
    have <- which(!is.na(values))
    u[i, have] <- rank(round(values[have], 10)) / (length(have) + 1) - 0.5
    points <- c(points, length(have))
  }
  total <- 0; T <- 0
  for (t in 1:(m + 1)) {
    here <- u[!is.na(u[, t]), t]
    if (length(here) == 0) next
    T <- T + 1
    total <- total + length(here) / n * mean(here)^2
  }
  list(n = n, T = T, z = mean(u[, m + 1]) / sqrt(total / T), event = mean(u[, m + 1]), points = points)
}
grank_t <- function(ev, w, q) {
  g <- grank_parts(ev, w, q)
  if (is.null(g)) return(nothing(length(with_scar(ev, w))))
  from_t(g$z * sqrt((g$T - 2) / (g$T - 1 - g$z^2)), g$T - 2, g$n)
}
grank_z <- function(ev, w, q) {
  g <- grank_parts(ev, w, q)
  if (is.null(g)) return(nothing(length(with_scar(ev, w))))
  variance <- 0
  for (T in g$points) variance <- variance + (T - 1) / (12 * (T + 1))
  from_z(g$event / sqrt(variance / g$n^2), g$n)
}

skewness_adjusted_t <- function(ev, w, q) {
  x <- car_of(ev, w)
  n <- length(x)
  if (n < 3 || !varies(x)) return(nothing(n))
  S <- mean(x) / sd(x)
  g <- 0
  for (value in x) g <- g + ((value - mean(x)) / sd(x))^3
  g <- g * n / ((n - 1) * (n - 2))
  from_t(sqrt(n) * (S + g * S^2 / 3 + g^2 * S^3 / 27 + g / (6 * n)), n - 1, n)
}

sign_flip <- function(ev, w, q) {
  x <- car_of(ev, w)
  n <- length(x)
  if (n > 12) return(c(mean(x), NA, NaN, n)) # too many patterns to walk through here
  hits <- 0
  for (pattern in 0:(2^n - 1)) {
    total <- 0
    for (k in 1:n) total <- total + if (bitwAnd(pattern, bitwShiftL(1L, k - 1L)) > 0) x[k] else -x[k]
    if (abs(total) >= abs(sum(x)) - 1e-12 * sum(abs(x))) hits <- hits + 1
  }
  c(mean(x), NA, hits / 2^n, n)
}

# All circular shifts of the set of dates; values: one vector a series over its positions.
shifts <- function(ev, values, positions) {
  # an event without a value where it is belongs to no shifted set either
  has_value <- function(e) {
    at <- match(e$anchor, positions[[e$series]])
    !is.na(at) && !is.na(values[[e$series]][at])
  }
  S <- Inf
  for (e in ev) S <- min(S, length(positions[[e$series]]))
  ev <- Filter(has_value, ev)
  means <- rep(NA, S)
  n <- length(ev)
  for (s in 0:(S - 1)) {
    here <- c()
    for (e in ev) {
      at <- match(e$anchor, positions[[e$series]])
      K <- length(positions[[e$series]])
      here <- c(here, values[[e$series]][(at - 1 + s) %% K + 1])
    }
    here <- here[!is.na(here)]
    if (length(here)) means[s + 1] <- mean(here)
  }
  list(means = means, n = n)
}
calendar_shift <- function(ev, w, q) {
  values <- lapply(q$everywhere, function(all) sapply(all, function(e) if (is.null(e$car)) NA else e$car[[w$name]]))
  found <- shifts(ev, values, q$positions)
  m <- found$means
  if (found$n == 0 || length(m) < 20) return(nothing(found$n))
  m <- m[!is.na(m)]
  c(m[1], NA, mean(abs(m) >= abs(m[1]) - 1e-9 * max(abs(m))), found$n)
}
volatility <- function(ev, w, q) {
  k <- (w$a:w$b) - q$first + 1
  square <- function(e) if (is.null(e$ar) || e$sigma == 0) NA else mean((e$ar[k] / e$ar_se[k])^2)
  found <- shifts(ev, lapply(q$everywhere, function(all) sapply(all, square)), q$positions)
  m <- found$means
  if (found$n == 0 || length(m) < 20) return(nothing(found$n))
  m <- m[!is.na(m)]
  c(m[1] / mean(m), NA, mean(m >= m[1] - 1e-9 * max(m)), found$n)
}

# Events whose event windows share a calendar day belong together, also through others.
clusters_of <- function(ev, q) {
  n <- length(ev)
  label <- 1:n
  repeat {
    changed <- FALSE
    for (i in 1:n) for (j in 1:n) {
      near <- abs(ev[[i]]$anchor - ev[[j]]$anchor) < q$last - q$first + 1
      if (near && label[i] != label[j]) {
        label[label == max(label[i], label[j])] <- min(label[i], label[j])
        changed <- TRUE
      }
    }
    if (!changed) return(label)
  }
}
cluster_t <- function(ev, w, q) {
  x <- car_of(ev, w)
  label <- clusters_of(ev, q)
  mean_t(sapply(unique(label), function(k) mean(x[label == k])))
}

bhar_t <- function(ev, w, q) {
  if (q$returns != "simple") return(nothing(NA))
  mean_t(sapply(ev, function(e) e$bhar[[w$name]]))
}

# Signs of whole clusters of the sums of (hit - 1/2), all patterns one by one.
direction <- function(ev, w, q) {
  label <- clusters_of(ev, q)
  sums <- rep(0, length(ev))
  hits <- 0; n <- 0
  for (i in seq_along(ev)) {
    score <- ev[[i]]$expected * ev[[i]]$car[[w$name]]
    if (score == 0) next
    n <- n + 1
    if (score > 0) hits <- hits + 1
    sums[label[i]] <- sums[label[i]] + (score > 0) - 1 / 2
  }
  if (n == 0) return(nothing(0))
  x <- sums[sums != 0]
  if (length(x) > 12) return(c(hits / n, NA, NaN, n)) # too many patterns to walk through here
  if (length(x) == 0) return(c(hits / n, NA, 1, n))
  larger <- 0
  for (pattern in 0:(2^length(x) - 1)) {
    total <- 0
    for (k in seq_along(x)) total <- total + if (bitwAnd(pattern, bitwShiftL(1L, k - 1L)) > 0) x[k] else -x[k]
    if (abs(total) >= abs(sum(x))) larger <- larger + 1
  }
  c(hits / n, NA, larger / 2^length(x), n)
}

TESTS <- c("cross_section_t", "time_series_t", "brown_warner_1985", "patell", "patell_original", "bmp",
  "kolari_pynnonen", "adjusted_patell", "overlap_t", "overlap_patell", "corrado_rank", "sign",
  "generalized_sign", "wilcoxon", "grank_t", "grank_z", "skewness_adjusted_t", "sign_flip",
  "calendar_shift", "cluster_t", "bhar_t", "volatility", "direction")
