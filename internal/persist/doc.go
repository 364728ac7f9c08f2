// Package persist has what runs need that go on after a crash: files that are
// replaced as a whole, and descriptions by which settings are told apart.
package persist
