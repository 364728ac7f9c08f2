// Package patience holds tests to the time and the allocations that users are promised.
package patience
