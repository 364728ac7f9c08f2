// Package mcmc samples from any density that can be computed up to a constant.
package mcmc
