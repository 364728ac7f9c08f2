// Package suggest finds the known names nearest to a misspelt one.
package suggest
