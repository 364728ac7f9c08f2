// Package arch holds the plan of the house: which package may import which. Its
// test reads the imports of every package with go list and fails on an arrow
// that the table does not have, so that a wrong import fails go test for
// everybody. ARCHITECTURE.md shows the same table with the reasons, and the test
// compares the two.
package arch
