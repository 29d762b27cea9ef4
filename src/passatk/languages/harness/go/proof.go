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
	Run(tests, func(*testing.T) {}, func() { wall.Write(3, Token) })
}

// Run runs tests. It calls `fails` for one that failed or did not run to its end, and `holds` after the last if all held.
func Run(tests []testing.InternalTest, fails func(*testing.T), holds func()) {
	running := int32(len(tests))
	for i := range tests {
		test := tests[i].F
		tests[i].F = func(t *testing.T) {
			left, ended := false, false
			t.Cleanup(func() { // behind its subtests
				if !left { // one of them panics, which ends the process
					return
				}
				if t.Failed() || t.Skipped() || !ended {
					fails(t)
				} else if atomic.AddInt32(&running, -1) == 0 {
					holds()
				}
			})
			defer func() { left = true }()
			test(t)
			ended = true
		}
	}
	testing.Main(func(pattern, name string) (bool, error) { return true, nil }, tests, nil, nil)
}
