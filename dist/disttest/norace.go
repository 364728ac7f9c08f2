//go:build !race

package disttest

const race = false
