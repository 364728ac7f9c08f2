// Package data brings data in: tables, sequences, text and images, from files, from
// memory or made up, all of them read in one way.
//
//	iris, err := data.ReadCSVFile("iris.csv", data.CSVOptions{})
//	x, err := data.Without(iris, "Species")
//	parts, err := data.Split(x, 1, 0.8) // seed 1, 80 % and the rest
//	train, test := parts[0], parts[1]
//
//	for b, err := range data.Batches(train, data.Order{Shuffle: true, Seed: 1}, 32) {
//		if err != nil {
//			return err
//		}
//		for i := range b.Rows {
//			use(b.Row(i))
//		}
//	}
//
// # Sources
//
// A [Source] is a table of rows that can be gone over again and again. Whoever learns
// takes a Source and needs not know what is behind it: a [Table] in memory, a file of
// ten million rows that is streamed, a function of [FromFunc]. What takes a source and
// gives another works on all of them, and costs no memory per row: Select and Without
// choose columns, Split, Range and Shard choose rows, Weighted makes a column the
// weights of the rows. ReadAll puts what comes out into memory.
//
// # Values
//
// All values are float64. A missing cell is NaN. A column of texts is one of
// categories: its values count from 0, and [Column].Categories says what they stand
// for. Rows may have weights, which are finite and not negative; a row of weight 2
// counts as two rows.
//
// # Order
//
// A pass goes over the rows in an [Order] that is a function of the seed, the epoch
// and the source alone. A run that is resumed asks for the order it had and skips
// what it has seen, see [Pass].
//
// # What there is
//
//   - Tables: [Table], [FromRows], [FromMatrix], [ReadCSV] and [ReadCSVFile]; [OpenCSV]
//     for files larger than memory, [WriteCSV] for any source; [Summarize] says what is
//     in one, [Standardize] and [OneHot] make of it what models want.
//   - Parts of sources: [Select], [Without], [Weighted]; [Split], [Range], [Shard].
//   - Images and arrays: [Images], [MNIST], [ReadIDX], [ReadNPY], and [Digits], which are
//     drawn by the program itself.
//   - Sequences: [Sequences] of rows of any length, from [GroupBy] or [FromSymbols].
//   - Text: [Vocabulary] numbers [Words] or [Characters], [TokenBatch] reads windows of a
//     long text, and [English] is a [Grammar] that writes text whose entropy is known.
//
// # Costs
//
// A pass over memory copies each row once; a warm pass, which is one whose [Batch] has
// been filled before, allocates nothing. Shuffling takes 8 bytes per row of a source in
// memory. Sources may be used concurrently, passes may not: workers open one each.
//
// # Files
//
// Readers unpack gzip, take the memory that the data needs and not what a file claims,
// stop at [Limits] with a [*belief.TooLargeError], and say in a [*belief.ParseError]
// which line and column is wrong.
package data
