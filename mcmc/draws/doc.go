// Package draws holds what a Markov chain sampler has drawn, and reads and writes
// it in the forms that other tools use.
//
// A [Draws] is a block of numbers: chains × iterations × columns. A column is
// either a quantity of the model or a statistic of the sampler; the statistics
// have Stan's names, which end in two underscores ("lp__", "divergent__").
// Warm-up is kept apart, if it is kept at all. All chains are equally long,
// except in a run that was interrupted.
//
// Iterations are counted after thinning, and everything is float64; a NaN in a
// file is a NaN here, and is for the diagnostics to complain about.
//
// # Writing
//
// A [Sink] takes draws as they come. [Draws] itself is one, in memory; [CmdStan]
// writes a file per chain as Stan does, and [JSONLines] an object per draw.
// [Draws.Replay] hands draws in memory to any of them. What they write can be read
// back to the last bit.
//
// # Reading
//
// [Read] and [ReadFiles] see from the content what they have before them, and
// whether gzip has compressed it:
//
//   - Stan's files, of CmdStan and of RStan's sample_file: comments with settings,
//     a row of names, rows of numbers with commas. Columns whose names end in two
//     underscores are statistics, theta.1.2 is read as theta[1,2]. What stands
//     before the comment "Adaptation terminated" is warm-up, or else as many draws
//     as the settings say if they say that warm-up is saved. Comments after the
//     names go to the chain, those before them are settings and are dropped.
//   - JSON lines as [JSONLines] writes them.
//   - Any other table with a row for each draw and a column for each quantity,
//     separated by commas, semicolons, tabs or blanks, with a row of names or
//     without: then the quantities are x[1], x[2], … A column named chain, .chain
//     or chain__ tells the chain, one named iteration, .iteration or iter the place
//     in it, which must increase. A first column without a name, which R writes, and
//     one named draw or .draw are left out. Lines that start with # are comments.
//
// [ReadColumns] reads one quantity from a table with a column for each chain.
//
// A number may be NaN, Inf or -Inf in any case of letters, NA or an empty cell for
// NaN, and TRUE or FALSE for 1 or 0. Rows with too many or too few cells are errors,
// except a last line that is cut short, which is what a run leaves that was killed
// or is still writing: it is left out, with a warning. In Stan's files it is left
// out if only the end of the line is missing, since the last number may lack
// digits.
//
// Reading costs O(bytes) and takes memory for what a file holds, up to the budget
// of [Options], and not for what it announces. Functions are safe for concurrent
// use; a sink or a Draws that is written belongs to one goroutine.
package draws
