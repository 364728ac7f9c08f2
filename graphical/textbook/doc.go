// Package textbook holds the small Bayesian networks that books and papers teach
// with, so that examples and tests can name them:
//
//	net, err := textbook.Network("student")
//
// Every network is built in code, in a file of its own that states where its
// numbers come from. Variables and states are named as in the source, or as in
// the files that have become the usual form of the network. Networks are built
// anew on every call and share nothing.
package textbook
