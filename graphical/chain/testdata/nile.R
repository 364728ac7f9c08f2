# Moments of the level of the Nile (R's data set, 1871 to 1970, every seventh year left
# out) by R's own Kalman filter and smoother: Rscript nile.R > nile.json
y <- as.numeric(Nile)
y[seq(7, 100, 7)] <- NA
mod <- list(T = matrix(1), Z = 1, h = 15099, V = matrix(1469.1), a = 1000, P = matrix(20000), Pn = matrix(20000))
run <- KalmanRun(y, mod)
smooth <- KalmanSmooth(y, mod)
num <- function(x) paste0("[", paste(ifelse(is.na(x), "null", formatC(x, digits = 15, format = "g")), collapse = ", "), "]")
cat("{\"flow\": ", num(y), ",\n\"filtered\": ", num(run$states[, 1]),
    ",\n\"smoothed\": ", num(smooth$smooth[, 1]), ",\n\"variance\": ", num(smooth$var[, 1, 1]), "}\n", sep = "")
