# One seed of RStan and JAGS on the posteriors of the data directory.
#
#   Rscript peer.R OUT SEED DATA CACHE [POSTERIOR:METHOD]...
#
# METHOD is diag or dense, Stan's metrics, or jags. Every run appends a line of
# JSON to OUT. Runs that OUT has already are left out, and so are methods whose
# package is missing. Stan's programs are compiled once and kept in CACHE.
#
# Effective sample sizes are the bulk ones of package posterior, times are
# processor times.

args <- commandArgs(TRUE)
out <- args[1]
seed <- as.integer(args[2])
data_dir <- args[3]
cache <- args[4]
wanted <- args[-(1:4)]
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))

has <- function(package) suppressPackageStartupMessages(require(package, character.only = TRUE, quietly = TRUE))
if (!has("posterior") || !has("jsonlite")) {
  cat("SKIPPED: the peers need R's packages posterior and jsonlite\n")
  quit()
}

folders <- c(
  eight_schools_centered = "eight_schools-eight_schools_centered",
  eight_schools_noncentered = "eight_schools-eight_schools_noncentered",
  kidscore_interaction = "kidiq-kidscore_interaction",
  arK = "arK-arK",
  garch11 = "garch-garch11",
  low_dim_gauss_mix = "low_dim_gauss_mix-low_dim_gauss_mix",
  hmm_example = "hmm_example-hmm_example",
  gp_pois_regr = "gp_pois_regr-gp_pois_regr",
  lotka_volterra = "hudson_lynx_hare-lotka_volterra",
  diamonds = "diamonds-diamonds",
  sblrc = "sblrc-blr",
  mesquite = "mesquite-mesquite"
)
if (length(wanted) == 0) {
  ten <- setdiff(names(folders), c("eight_schools_centered", "mesquite"))
  # Diagonal metrics that are known to lose by a factor of a hundred take hours.
  slow <- c("kidscore_interaction", "diamonds", "low_dim_gauss_mix")
  wanted <- c(paste0(ten, ":dense"), paste0(setdiff(ten, slow), ":diag"),
              paste0(c("hmm_example", "kidscore_interaction", "low_dim_gauss_mix"), ":jags"))
}

read <- function(posterior, file) fromJSON(file.path(data_dir, "posteriordb", folders[[posterior]], file))

# measure turns draws[iteration, chain, name] into what is reported of them. The
# least size is taken over the quantities that have a reference.
measure <- function(posterior, draws) {
  names <- intersect(dimnames(draws)[[3]], names(read(posterior, "reference.json")$parameters))
  ess <- sapply(names, function(n) ess_bulk(draws[, , n]))
  rhat <- sapply(names, function(n) posterior::rhat(draws[, , n]))
  ess <- if (all(is.finite(ess))) min(ess) else 0
  list(ess = ess, rhat = if (all(is.finite(rhat))) max(rhat) else 99)
}

write_row <- function(row) cat(toJSON(row, auto_unbox = TRUE, digits = 10), "\n", sep = "", file = out, append = TRUE)

chains <- 4
warmup <- 1000
draws <- 1000

stan_program <- function(posterior) {
  kept <- file.path(cache, paste0(posterior, ".rds"))
  source <- file.path(here, paste0(posterior, ".stan"))
  if (file.exists(kept) && file.mtime(kept) > file.mtime(source)) return(readRDS(kept))
  # Debian keeps Boost where R does not look for it.
  boost <- if (nzchar(system.file("include", package = "BH"))) NULL else "/usr/include"
  program <- stan_model(source, boost_lib = boost)
  saveRDS(program, kept)
  program
}

run_stan <- function(posterior, metric) {
  fit <- suppressWarnings(sampling(
    stan_program(posterior), data = read(posterior, "data.json"), seed = seed, chains = chains, cores = 1,
    iter = warmup + draws, warmup = warmup, refresh = 0, control = list(metric = paste0(metric, "_e"))))
  steps <- get_sampler_params(fit, inc_warmup = TRUE)
  total <- function(name, rows) sum(sapply(steps, function(s) sum(s[rows, name])))
  before <- seq_len(warmup)
  after <- warmup + seq_len(draws)
  time <- get_elapsed_time(fit)
  c(measure(posterior, as.array(fit)), list(
    warmup_gradients = total("n_leapfrog__", before), gradients = total("n_leapfrog__", after),
    divergences = total("divergent__", after), warmup_seconds = sum(time[, 1]), seconds = sum(time[, 2])))
}

run_jags <- function(posterior) {
  reference <- names(read(posterior, "reference.json")$parameters)
  variables <- unique(sub("\\[.*", "", reference))
  if (posterior == "hmm_example") variables <- c("theta", "mu")
  set.seed(seed)
  starts <- lapply(seq_len(chains), function(i)
    list(.RNG.name = "base::Mersenne-Twister", .RNG.seed = 100 * seed + i))
  cpu <- function() sum(proc.time()[1:2])
  model <- suppressWarnings(jags.model(file.path(here, paste0(posterior, ".jags")), data = read(posterior, "data.json"),
                                       inits = starts, n.chains = chains, n.adapt = 0, quiet = TRUE))
  begin <- cpu()
  invisible(capture.output(adapt(model, warmup, end.adaptation = TRUE, progress.bar = "none")))
  warm <- cpu()
  samples <- coda.samples(model, variables, n.iter = draws, progress.bar = "none")
  end <- cpu()
  names <- colnames(samples[[1]])
  a <- array(unlist(samples), c(draws, length(names), chains))
  a <- aperm(a, c(1, 3, 2))
  if (posterior == "hmm_example") names <- sub("theta\\[([12]),([12])\\]", "theta\\1[\\2]", names)
  dimnames(a) <- list(NULL, NULL, names)
  c(measure(posterior, a), list(warmup_gradients = 0, gradients = 0, divergences = 0,
                                warmup_seconds = warm - begin, seconds = end - warm))
}

key <- function(row) paste(row$posterior, row$method, row$seed)
done <- if (file.exists(out)) sapply(readLines(out), function(line) key(fromJSON(line))) else character()
stan <- has("rstan")
jags <- has("rjags")
if (!stan) cat("SKIPPED: RStan; it needs R's package rstan\n")
if (!jags) cat("SKIPPED: JAGS; it needs R's package rjags\n")
if (jags) invisible(load.module("glm", quiet = TRUE))
for (item in wanted) {
  posterior <- sub(":.*", "", item)
  method <- sub(".*:", "", item)
  if (key(list(posterior = posterior, method = method, seed = seed)) %in% done) next
  if (method == "jags") {
    if (!jags) next
    row <- run_jags(posterior)
  } else {
    if (!stan) next
    row <- run_stan(posterior, method)
  }
  write_row(c(list(posterior = posterior, method = method, seed = seed), row))
}
