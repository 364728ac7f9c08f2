// Package patience holds tests to the time that users are promised.
package patience
