// Package examine is the examiner's side of docs/wall.md: it asks the program, runs the tests, and says what came of it.
package examine

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"passatk/open"
	"passatk/proof"
	"passatk/wall"
)

const mostWords = 400

var (
	asking   sync.Mutex
	number   uint64 // of the last call
	seed     int64  // that was last given
	running  bool
	answered bool
	verdict  sync.Once
)

// Examiner is the tests of one task.
type Examiner struct {
	Name  string
	Tests []testing.InternalTest
}

// Run runs the tests of the examiner that is called `name`.
func Run(name string, examiners []Examiner) {
	os.Args = os.Args[:1]
	running = true
	var err error
	if number, err = strconv.ParseUint(string(proof.Token[16:]), 16, 64); err != nil {
		panic(err)
	}
	for _, examiner := range examiners {
		if examiner.Name == name {
			for i := range examiner.Tests {
				examiner.Tests[i].F = telling(examiner.Tests[i].F)
			}
			proof.Run(examiner.Tests, fails, holds)
		}
	}
	conclude("error", "no examiner is called "+name)
}

func telling(test func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) {
		defer func() {
			if fault := recover(); fault != nil {
				conclude("error", fmt.Sprint("panic: ", fault))
			}
		}()
		test(t)
	}
}

func fails(t *testing.T) {
	if t.Failed() {
		conclude("failed", t.Name()+": "+words(t))
	}
	conclude("error", t.Name()+" did not run to its end")
}

func holds() {
	if !answered {
		conclude("error", "the tests asked the program nothing")
	}
	conclude("passed", string(proof.Token))
}

// conclude says a line, tells the program that nothing more is asked, and ends the process.
func conclude(kind, words string) {
	verdict.Do(func() {
		line := strings.Join(strings.Fields(kind+" "+strings.ToValidUTF8(words, "?")), " ")
		if runes := []rune(line); len(runes) > mostWords {
			line = string(runes[:mostWords])
		}
		wall.Write(3, []byte(line+"\n"))
		end := wall.Message{}
		end.Begin('E')
		end.Send(5)
		os.Exit(0)
	})
	select {}
}

var (
	place = regexp.MustCompile(`(?m)^\s*\S+\.go:\d+:`)
	noise = regexp.MustCompile(`(?m)^\s*(--- FAIL:.*|Error Trace:.*|Test:.*|Error:|Messages:|\S+\.go:\d+$)`)
)

// words is the first thing that a test has said, which only its own output has.
func words(t *testing.T) string {
	field := reflect.ValueOf(t).Elem().FieldByName("output")
	if field.Kind() != reflect.Slice {
		return ""
	}
	said := string(field.Bytes())
	if reports := place.Split(said, 3); len(reports) > 1 {
		said = reports[1]
	}
	return noise.ReplaceAllString(said, "")
}

// Seed gives 1, 2, 3 and so on: tests that seed by the clock draw other numbers each time, and each program's are the same.
func Seed() int64 {
	asking.Lock()
	defer asking.Unlock()
	seed++
	return seed
}

// Call asks the program for a function's results.
//
// `slots` are pointers to its `results` results, then to its arguments. A slice, map or pointer among the arguments of a
// function without results is changed as the program changed it.
func Call(function, results int, slots ...interface{}) {
	asking.Lock()
	defer asking.Unlock()
	if !running {
		conclude("error", "the tests ask the program before they begin")
	}
	number++
	question := &wall.Message{}
	question.Begin('C')
	question.PutLong(number)
	question.PutByte(byte(function))
	question.PutByte(byte(function >> 8))
	question.PutByte(byte(len(slots) - results))
	for _, argument := range slots[results:] {
		open.PutAt(question, argument)
	}
	defer func() {
		if fault := recover(); fault != nil {
			conclude("broken", fmt.Sprint(fault))
		}
	}()
	if !question.Send(5) {
		conclude("ended", "")
	}
	answer := wall.Receive(4)
	if answer == nil {
		conclude("ended", "")
	}
	read(answer, slots[:results], slots[results:])
	answered = true
}

func read(m *wall.Message, results, arguments []interface{}) {
	if kind := m.Byte(); kind != 'R' {
		panic(wall.Broken(fmt.Sprintf("a message that begins with %q", kind)))
	}
	if m.Long() != number {
		panic(wall.Broken("an answer to another call"))
	}
	if len(results) == 0 {
		m.Expect('n')
	} else if len(results) > 1 {
		m.Expect('p')
		if m.Count() != len(results) {
			panic(wall.Broken("another number of results"))
		}
	}
	for _, result := range results {
		open.GetAt(m, result)
	}
	changed := int(m.Byte())
	if len(results) > 0 && changed > 0 {
		panic(wall.Broken("changed arguments beside a result"))
	}
	for before := -1; changed > 0; changed-- {
		at := int(m.Byte())
		if at <= before || at >= len(arguments) {
			panic(wall.Broken("a changed argument that does not exist"))
		}
		before = at
		argument := reflect.ValueOf(arguments[at])
		value := reflect.New(argument.Type().Elem())
		open.GetAt(m, value.Interface())
		change(argument.Elem(), value.Elem())
	}
	if len(m.In) != 0 {
		panic(wall.Broken("a message that goes on behind its end"))
	}
}

// change makes what `old` refers to like what `value` refers to, so that whoever else holds it sees the change too.
func change(old, value reflect.Value) {
	switch kind := old.Kind(); {
	case old.IsNil() && value.IsNil():
	case kind == reflect.Slice && old.Len() == value.Len():
		reflect.Copy(old, value)
	case kind == reflect.Map && !old.IsNil():
		for _, key := range old.MapKeys() {
			old.SetMapIndex(key, reflect.Value{})
		}
		for pairs := value.MapRange(); pairs.Next(); {
			old.SetMapIndex(pairs.Key(), pairs.Value())
		}
	case kind == reflect.Ptr && !old.IsNil() && !value.IsNil():
		old.Elem().Set(value.Elem())
	default:
		panic(wall.Broken("a changed argument of another form"))
	}
}
