// Package quadrature integrates functions of one variable by adaptive Gauss–Kronrod
// rules, with an estimate of the error.
package quadrature
