package exchange

// ReadASSet is readASSet.
var ReadASSet = readASSet
