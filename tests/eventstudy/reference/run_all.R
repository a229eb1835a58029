# Write the reference numbers of every case of cases.csv: `Rscript run_all.R` in this folder.
source("measure.R")
source("significance.R")
source("relations.R")

number <- function(x) ifelse(is.na(x), "", sprintf("%.13g", x))
split_words <- function(text) if (is.na(text) || text == "") character(0) else strsplit(text, " ")[[1]]
window_of <- function(text) {
  ends <- as.integer(strsplit(text, ":")[[1]])
  list(a = ends[1], b = ends[2], length = ends[2] - ends[1] + 1, name = sprintf("[%d,%d]", ends[1], ends[2]))
}
same_window <- function(v) v$name

the_case <- function(row) {
  q <- as.list(row)
  ends <- window_of(q$window)
  q$first <- ends$a; q$last <- ends$b
  cars <- lapply(split_words(q$cars), window_of)
  days <- lapply(q$first:q$last, function(t) window_of(sprintf("%d:%d", t, t)))
  q$cars <- sapply(cars, same_window)
  q$windows <- c(days, Filter(function(w) !(w$name %in% sapply(days, same_window)), cars))
  q
}

run_case <- function(row) {
  q <- the_case(row)
  data <- read.csv(sprintf("data/%s.csv", q$data), stringsAsFactors = FALSE)
  listed <- read.csv(sprintf("data/%s_events.csv", q$events), stringsAsFactors = FALSE, na.strings = "")
  days <- data$date
  n <- length(days)
  f <- matrix(0, n, 0)
  for (name in split_words(q$factors)) f <- cbind(f, returns_of(data[[name]], q$returns))
  events <- list(); lines <- c()
  q$everywhere <- list(); q$positions <- list()
  for (name in split_words(q$series)) {
    r <- returns_of(data[[name]], q$returns)
    mine <- listed[is.na(listed$series) | listed$series == name, ]
    anchors <- sapply(mine$date, function(day) row_of(days, day))
    bar <- rep(FALSE, n)
    if (q$clean == "yes") for (a in anchors) for (k in 0:1) if (!is.na(a) && a + k <= n) bar[a + k] <- TRUE
    positions <- c()
    for (a in 2:n) if (a + q$first - q$gap - q$estimation >= 2 && a + q$last <= n) positions <- c(positions, a)
    everywhere <- lapply(positions, function(a) measure(r, f, bar, a, q))
    q$positions[[name]] <- positions
    q$everywhere[[name]] <- everywhere
    eve <- eve_volatility(r)
    studied <- list()
    for (k in seq_along(anchors)) {
      a <- anchors[k]
      if (is.na(a)) next
      e <- measure(r, f, bar, a, q)
      if (is.null(e$ar)) next
      e$id <- mine$id[k]; e$series <- name; e$anchor <- a; e$category <- mine$category[k]
      e$expected <- c(stronger = 1, weaker = -1, unclear = 0)[[mine$expected[k]]]
      studied[[length(studied) + 1]] <- e
    }
    known <- anchors[!is.na(anchors)]
    for (e in studied) lines <- c(lines, describe(e, eve, positions, everywhere, known, q))
    events <- c(events, studied)
  }
  writeLines(c("event,series,quantity,value", lines), sprintf("numbers/%s_events.csv", q$case))
  writeLines(c("group,window,test,statistic,df,p_value,p_adjusted,n", test_lines(events, q)),
             sprintf("numbers/%s_tests.csv", q$case))
  writeLines(c("group,quantity,value", group_lines(events, q)), sprintf("numbers/%s_groups.csv", q$case))
  if (q$case %in% c("one_mean", "panel_factors", "missing_factors")) {
    writeLines(c("term,estimate,se,t,p_value,n,lags", regression_lines(q, data, f, events)),
               sprintf("numbers/%s_regression.csv", q$case))
  }
  if (q$case %in% c("one_mean", "ties_none")) {
    writeLines(c("method,group,lag,r,low,high,n", correlation_lines(q, returns_of(data$rate, q$returns), events)),
               sprintf("numbers/%s_correlation.csv", q$case))
  }
}

# One line a quantity of one event.
describe <- function(e, eve, positions, everywhere, known, q) {
  out <- c(sigma = e$sigma, m = e$m, df = e$df)
  for (k in seq_along(e$ar)) {
    out[sprintf("ar[%d]", q$first + k - 1)] <- e$ar[k]
    out[sprintf("ar_se[%d]", q$first + k - 1)] <- e$ar_se[k]
  }
  length_of_window <- q$last - q$first + 1
  for (w in q$windows) if (w$name %in% q$cars) {
    car <- e$car[[w$name]]; scar <- e$scar[[w$name]]
    out[paste("car", w$name)] <- car
    out[paste("se", w$name)] <- e$car_se[[w$name]]
    out[paste("t", w$name)] <- scar
    out[paste("p", w$name)] <- 2 * pt(-abs(scar), e$df)
    out[paste("bhar", w$name)] <- e$bhar[[w$name]]
    others <- 0; larger <- 0; smaller <- 0
    eves <- c(); sizes <- c(); rows <- c()
    for (k in seq_along(positions)) {
      other <- everywhere[[k]]
      if (is.null(other$scar) || is.na(other$scar[[w$name]])) next
      quiet <- TRUE
      for (a in known) if (abs(a - positions[k]) < length_of_window) quiet <- FALSE
      if (q$pool == "quiet" && !quiet) next
      eves <- c(eves, eve[positions[k]]); sizes <- c(sizes, abs(other$car[[w$name]])); rows <- c(rows, positions[k])
      if (positions[k] == e$anchor || is.na(scar)) next
      others <- others + 1
      if (abs(other$scar[[w$name]]) >= abs(scar) * (1 - 1e-12)) larger <- larger + 1
      if (abs(other$car[[w$name]]) < abs(car) * (1 - 1e-12)) smaller <- smaller + 1
    }
    if (!is.na(scar) && others > 0) {
      out[paste("placebo_p", w$name)] <- (1 + larger) / (1 + others)
      out[paste("percentile", w$name)] <- 100 * smaller / others
      # Among all dates: those of similar volatility, by the plain move.
      if (q$pool == "quiet") next
      cuts <- quantile(eves, c(1 / 3, 2 / 3), names = FALSE)
      tercile <- function(v) (v > cuts[1]) + (v > cuts[2])
      same <- c()
      for (k in seq_along(rows)) {
        if (rows[k] != e$anchor && tercile(eves[k]) == tercile(eve[e$anchor])) same <- c(same, sizes[k])
      }
      out[paste("matched", w$name)] <- if (length(same)) 100 * mean(same < abs(car) * (1 - 1e-12)) else NA
    }
  }
  sprintf("%s,%s,\"%s\",%s", e$id, e$series, names(out), number(out))
}

groups_of <- function(events) {
  categories <- sort(unique(sapply(events, function(e) e$category)))
  c(list(all = events), setNames(lapply(categories, function(name) {
    Filter(function(e) e$category == name, events)
  }), categories))
}

test_lines <- function(events, q) {
  rows <- list()
  groups <- groups_of(events)
  for (group in names(groups)) for (w in q$windows) {
    ev <- Filter(function(e) !is.na(e$car[[w$name]]), groups[[group]])
    for (test in TESTS) {
      found <- if (length(ev)) get(test)(ev, w, q) else nothing(0)
      rows[[length(rows) + 1]] <- data.frame(group = group, window = w$name, test = test, statistic = found[1],
        df = found[2], p = found[3], n = found[4])
    }
  }
  all <- do.call(rbind, rows)
  all$adjusted <- NA
  for (test in TESTS) for (asked in c(TRUE, FALSE)) {
    family <- all$test == test & (all$window %in% q$cars) == asked
    if (!any(is.nan(all$p[family]))) all$adjusted[family] <- p.adjust(all$p[family], "holm")
  }
  # NaN marks a p-value that is not computed here, an empty cell one that does not exist
  text <- ifelse(is.nan(all$p) & !is.na(all$statistic), "not computed", number(all$p))
  sprintf("%s,\"%s\",%s,%s,%s,%s,%s,%s", all$group, all$window, all$test, number(all$statistic),
          number(all$df), text, ifelse(text == "not computed", text, number(all$adjusted)), number(all$n))
}

# Averages with t intervals, and the share of expected directions with Wilson's interval.
group_lines <- function(events, q) {
  out <- c()
  groups <- groups_of(events)
  add <- function(group, name, value) out <<- c(out, sprintf("%s,\"%s\",%s", group, name, number(value)))
  for (group in names(groups)) {
    for (k in seq_len(q$last - q$first + 1)) {
      ar <- sapply(groups[[group]], function(e) e$ar[k])
      car <- sapply(groups[[group]], function(e) sum(e$ar[1:k]))
      ar <- ar[!is.na(ar)]; car <- car[!is.na(car)]
      t <- q$first + k - 1
      add(group, sprintf("aar[%d]", t), mean(ar))
      add(group, sprintf("caar[%d]", t), mean(car))
      if (length(car) > 1) {
        add(group, sprintf("aar_se[%d]", t), sd(ar) / sqrt(length(ar)))
        band <- if (varies(car)) t.test(car)$conf.int else rep(mean(car), 2)
        add(group, sprintf("caar_low[%d]", t), band[1])
        add(group, sprintf("caar_high[%d]", t), band[2])
      }
    }
    for (w in q$windows) if (w$name %in% q$cars) {
      ev <- Filter(function(e) !is.na(e$car[[w$name]]), groups[[group]])
      if (length(ev) == 0) next
      found <- direction(ev, w, q)
      if (is.na(found[1])) next
      hits <- round(found[1] * found[4])
      wilson <- suppressWarnings(prop.test(hits, found[4], correct = FALSE)$conf.int)
      add(group, paste("share", w$name), found[1])
      add(group, paste("share_low", w$name), wilson[1])
      add(group, paste("share_high", w$name), wilson[2])
    }
  }
  out
}

dir.create("numbers", showWarnings = FALSE)
cases <- read.csv("cases.csv", stringsAsFactors = FALSE, na.strings = "NA")
wanted <- commandArgs(trailingOnly = TRUE)
for (k in seq_len(nrow(cases))) {
  if (length(wanted) && !(cases$case[k] %in% wanted)) next
  cat(cases$case[k], "\n")
  run_case(cases[k, ])
}
p <- read.csv("data/p_values.csv")$p
methods <- c("holm", "hochberg", "bonferroni", "BH", "BY")
adjusted <- sapply(methods, function(method) p.adjust(p, method))
writeLines(c("p,holm,hochberg,bonferroni,bh,by",
             apply(cbind(p, adjusted), 1, function(row) paste(number(row), collapse = ","))), "numbers/p_adjust.csv")
