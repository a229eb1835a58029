# Dose response and second stage by lm, sandwich and loops: `Rscript dose.R` in this folder.
library(sandwich)
library(lmtest)

number <- function(x) ifelse(is.na(x), "", sprintf("%.13g", x))
lines <- c("case,quantity,value")
add <- function(case, name, value) lines <<- c(lines, sprintf("%s,%s,%s", case, name, number(value)))

# Every order of 1 ... n as rows.
orders <- function(n) {
  if (n == 1) return(matrix(1, 1, 1))
  shorter <- orders(n - 1)
  do.call(rbind, lapply(seq_len(n), function(first) {
    rest <- setdiff(seq_len(n), first)
    cbind(first, matrix(rest[shorter], ncol = n - 1))
  }))
}

# The slope over the root of the summed squares of the clusters' scores.
studentised <- function(x, y, cluster) {
  x <- x - mean(x); y <- y - mean(y)
  slope <- sum(x * y) / sum(x^2)
  sums <- tapply(x * (y - slope * x), cluster, sum)
  slope / (sqrt(sum(sums^2)) / sum(x^2))
}

data <- read.csv("data/doses.csv", stringsAsFactors = FALSE)
for (case in unique(data$case)) {
  d <- data[data$case == case, ]
  fit <- lm(move ~ dose, d)
  add(case, "slope", coef(fit)[2]); add(case, "intercept", coef(fit)[1])
  add(case, "r_squared", summary(fit)$r.squared)
  clustered <- vcovCL(fit, cluster = d$cluster, type = "HC1", cadjust = TRUE)
  groups <- length(unique(d$cluster))
  for (type in c("HC1", "HC3")) {
    add(case, sprintf("se_%s", tolower(type)), sqrt(vcovHC(fit, type = type)[2, 2]))
  }
  add(case, "se_cluster", sqrt(clustered[2, 2]))
  add(case, "p_hc3", coeftest(fit, vcov = vcovHC(fit, type = "HC3"))[2, 4])
  add(case, "p_cluster", coeftest(fit, vcov = clustered, df = groups - 1)[2, 4])
  add(case, "spearman", cor(d$dose, d$move, method = "spearman"))
  d$up <- pmax(d$dose, 0); d$down <- pmin(d$dose, 0)
  sides <- lm(move ~ up + down, d)
  crowded <- groups < nrow(d)
  matrix_of <- function(model) {
    if (crowded) vcovCL(model, cluster = d$cluster, type = "HC1", cadjust = TRUE) else vcovHC(model, type = "HC3")
  }
  df_of <- function(model) if (crowded) groups - 1 else df.residual(model)
  v <- matrix_of(sides)
  add(case, "slope_up", coef(sides)[2]); add(case, "slope_up_se", sqrt(v[2, 2]))
  add(case, "slope_down", coef(sides)[3]); add(case, "slope_down_se", sqrt(v[3, 3]))
  t <- (coef(sides)[2] - coef(sides)[3]) / sqrt(v[2, 2] + v[3, 3] - 2 * v[2, 3])
  add(case, "asymmetry_wald_p", 2 * pt(-abs(t), df_of(sides)))
  largest <- which.max((d$dose - mean(d$dose))^2)
  add(case, "largest_weight", max((d$dose - mean(d$dose))^2) / sum((d$dose - mean(d$dose))^2))
  add(case, "slope_without", coef(lm(move ~ dose, d[-largest, ]))[2])
  if (case == "few") {  # 8 clusters of one event: all 8! arrangements
    all <- orders(nrow(d))
    t <- abs(studentised(d$dose, d$move, d$cluster))
    found <- apply(all, 1, function(o) abs(studentised(d$dose[o], d$move, d$cluster)))
    add(case, "p_value", mean(found >= t * (1 - 1e-9)))
    rho <- abs(cor(d$dose, d$move, method = "spearman"))
    ranked <- apply(all, 1, function(o) abs(cor(rank(d$dose)[o], rank(d$move))))
    add(case, "spearman_p", mean(ranked >= rho * (1 - 1e-9)))
    reduced <- lm(move ~ dose, d)
    coefficient <- function(move) {
      # The coefficient of |dose| beside the dose, over the root of its squared scores.
      other <- residuals(lm(abs(d$dose) ~ d$dose)); rest <- residuals(lm(move ~ d$dose))
      k <- sum(other * rest) / sum(other^2)
      k / (sqrt(sum((other * (rest - k * other))^2)) / sum(other^2))
    }
    t <- abs(coefficient(d$move))
    found <- apply(all, 1, function(o) abs(coefficient(fitted(reduced) + residuals(reduced)[o])))
    add(case, "asymmetry_p", mean(found >= t * (1 - 1e-9)))
  }
  # Second stage: the dose and the levels of kind against the commonest.
  common <- names(sort(table(d$kind), decreasing = TRUE))[1]
  d$kind <- relevel(factor(d$kind), ref = common)
  second <- lm(move ~ dose + kind, d)
  v <- matrix_of(second)
  for (k in 2:length(coef(second))) {
    name <- sub("^kind", "kind=", names(coef(second))[k])
    add(case, sprintf("second %s", name), coef(second)[k])
    add(case, sprintf("second se %s", name), sqrt(v[k, k]))
    add(case, sprintf("second p %s", name), 2 * pt(-abs(coef(second)[k] / sqrt(v[k, k])), df_of(second)))
    x <- model.matrix(second)[, -1]
    add(case, sprintf("second vif %s", name),
        1 / (1 - summary(lm(x[, k - 1] ~ x[, -(k - 1)]))$r.squared))
  }
  levels <- grep("^kind", names(coef(second)))
  f <- drop(t(coef(second)[levels]) %*% solve(v[levels, levels]) %*% coef(second)[levels]) / length(levels)
  add(case, "second F kind", f)
  add(case, "second p kind", pf(f, length(levels), df_of(second), lower.tail = FALSE))
}
writeLines(lines, "numbers/dose.csv")
