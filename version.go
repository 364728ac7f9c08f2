package belief

// Version is the version of the module, in semantic versioning. It is 0 while
// the interfaces grow.
const Version = "0.1.0-dev"
