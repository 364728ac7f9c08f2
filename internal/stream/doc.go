// Package stream derives reproducible streams of random numbers from a seed.
//
// A run has one seed. Every independent piece of it (a chain, a shard, a
// restart) has an index, and its stream is a function of the seed, the name of
// the purpose and the index alone; never of the worker that happens to execute
// it. The same seed therefore gives the same numbers on any number of cores,
// and two purposes never share a stream by accident.
package stream
