// Package proof holds the one-time token and knows when the tests have held.
package proof

import (
	"sync/atomic"
	"testing"

	"passatk/wall"
)

// Token is read before anything of the packages that import this one.
var Token = wall.Read(0, 32)

// Main runs tests that share a process with the program, and gives the token after the last if all of them held.
func Main(tests []testing.InternalTest) {
	Run(tests, func(*testing.T, bool) {}, func() { wall.Write(3, Token) })
}

// Run runs tests. It calls `fails` for each that did not hold or not come to its end, and `holds` after the last if all held.
func Run(tests []testing.InternalTest, fails func(t *testing.T, ended bool), holds func()) {
	left := int32(len(tests))
	for i := range tests {
		test := tests[i].F
		tests[i].F = func(t *testing.T) {
			ended := false
			t.Cleanup(func() { // behind its subtests
				if t.Failed() || t.Skipped() || !ended {
					fails(t, ended)
				} else if atomic.AddInt32(&left, -1) == 0 {
					holds()
				}
			})
			test(t)
			ended = true
		}
	}
	testing.Main(func(pattern, name string) (bool, error) { return true, nil }, tests, nil, nil)
}
