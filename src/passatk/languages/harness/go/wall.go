// Package wall has the messages and values of docs/wall.md, and the loop of a program that answers calls.
//
// What most programs need is compiled here once, without `reflect`, which would take a quarter longer to link.
package wall

import (
	"math"
	"syscall"
)

const (
	mostBytes = 16 << 20
	mostDepth = 1000
	// of what an examiner reads: a byte of a message can be a value of 24 bytes, and of as many letters in words
	mostValues = 4 << 20
)

// Broken is what reading panics with: the bytes are no message, or no value of the type that was asked for.
type Broken string

func (b Broken) Error() string { return string(b) }

// Message is one being read and one being written.
type Message struct {
	raw   []byte
	at    int
	out   []byte
	depth int
	// how many more values may be read, where that is limited
	values  int
	limited bool
}

// Reading begins to read a message of somebody who is not trusted.
func Reading(raw []byte) *Message { return &Message{raw: raw, values: mostValues, limited: true} }

// Serve answers calls until there are no more.
func Serve(functions ...func(*Message)) {
	calls, m := NewPipe(3), &Message{}
	for {
		raw, err := calls.Receive()
		if err != nil || len(raw) == 0 || raw[0] != 'C' {
			return
		}
		m.raw, m.at = raw, 1
		number := m.take(8)
		function := m.take(2)
		m.take(1)
		m.Begin('R')
		m.out = append(m.out, number...)
		functions[int(function[0])|int(function[1])<<8](m)
		if !m.Send(4) {
			return
		}
	}
}

// Pipe receives messages from a descriptor.
type Pipe struct {
	fd         int
	buffer     []byte
	start, end int
}

// NewPipe reads from `fd`, as soon as it is asked to.
func NewPipe(fd int) *Pipe { return &Pipe{fd: fd, buffer: make([]byte, 4096)} }

// Ended is what Receive says when the pipe ends, within a message or before it.
const Ended = Broken("the pipe has ended")

// Receive gives the next message, which is good until the one after it.
func (p *Pipe) Receive() ([]byte, error) {
	if err := p.fill(4); err != nil {
		return nil, err
	}
	head := p.buffer[p.start:]
	size := uint32(head[0]) | uint32(head[1])<<8 | uint32(head[2])<<16 | uint32(head[3])<<24
	if size > mostBytes {
		return nil, Broken("a message of more than 16 MiB")
	}
	if err := p.fill(4 + int(size)); err != nil {
		return nil, err
	}
	raw := p.buffer[p.start+4 : p.start+4+int(size)]
	p.start += 4 + int(size)
	return raw, nil
}

func (p *Pipe) fill(size int) error {
	if p.end-p.start < size {
		kept := p.buffer[p.start:p.end]
		if len(p.buffer) < size {
			p.buffer = make([]byte, size)
		}
		p.start, p.end = 0, copy(p.buffer, kept)
	}
	for p.end-p.start < size {
		count, err := syscall.Read(p.fd, p.buffer[p.end:])
		if err == syscall.EINTR || err == syscall.EAGAIN {
			continue
		}
		if err != nil || count <= 0 {
			return Ended
		}
		p.end += count
	}
	return nil
}

// Begin begins to write a message of a kind, in place of the one before.
func (m *Message) Begin(kind byte) { m.out, m.depth = append(m.out[:0], 0, 0, 0, 0, kind), 0 }

// Send writes it; false where nobody reads.
func (m *Message) Send(fd int) bool {
	size := len(m.out) - 4
	if size > mostBytes {
		panic("values of more than 16 MiB")
	}
	for i := 0; i < 4; i++ {
		m.out[i] = byte(size >> (8 * i))
	}
	for rest := m.out; len(rest) > 0; {
		count, err := syscall.Write(fd, rest)
		if err == syscall.EINTR || err == syscall.EAGAIN {
			continue
		}
		if err != nil {
			return false
		}
		rest = rest[count:]
	}
	return true
}

// Left is how many bytes are not read yet.
func (m *Message) Left() int { return len(m.raw) - m.at }

// End checks that nothing is left.
func (m *Message) End() {
	if m.Left() != 0 {
		panic(Broken("a message that goes on behind its end"))
	}
}

func (m *Message) take(size int) []byte {
	if size < 0 || size > m.Left() {
		panic(Broken("a message that ends too soon"))
	}
	m.at += size
	return m.raw[m.at-size : m.at]
}

// Byte reads one.
func (m *Message) Byte() byte { return m.take(1)[0] }

// Long reads eight bytes.
func (m *Message) Long() uint64 {
	var value uint64
	for i, b := range m.take(8) {
		value |= uint64(b) << (8 * i)
	}
	return value
}

// PutByte writes one.
func (m *Message) PutByte(value byte) { m.out = append(m.out, value) }

// PutLong writes eight.
func (m *Message) PutLong(value uint64) { m.out = appendLong(m.out, value) }

func appendLong(out []byte, value uint64) []byte {
	return append(out, byte(value), byte(value>>8), byte(value>>16), byte(value>>24),
		byte(value>>32), byte(value>>40), byte(value>>48), byte(value>>56))
}

// Count reads how many values or bytes follow, each of which takes a byte at least.
func (m *Message) Count() int {
	var value uint32
	for i, b := range m.take(4) {
		value |= uint32(b) << (8 * i)
	}
	if uint64(value) > uint64(m.Left()) {
		panic(Broken("a message that ends too soon"))
	}
	return int(value)
}

// PutCount writes it, behind the sign of a value.
func (m *Message) PutCount(sign byte, value int) {
	m.out = append(m.out, sign)
	m.putSize(value)
}

func (m *Message) putSize(value int) {
	m.out = append(m.out, byte(value), byte(value>>8), byte(value>>16), byte(value>>24))
}

// Expect reads the sign of a value.
func (m *Message) Expect(sign byte) {
	if found := m.Byte(); found != sign {
		panic(Wrong(found, string(rune(sign))))
	}
}

// Wrong is a value of another type.
func Wrong(found byte, expected string) Broken {
	return Broken("a value that begins with '" + string(rune(found)) + "' where '" + expected + "' was expected")
}

// Some reads a null, and says false, or the sign.
func (m *Message) Some(sign byte) bool {
	found := m.Byte()
	if found != 'n' && found != sign {
		panic(Wrong(found, string(rune(sign))+"' or 'n"))
	}
	return found == sign
}

// Deeper and Higher stand around what is within a value.
func (m *Message) Deeper() {
	if m.depth++; m.depth > mostDepth+1 {
		panic(Broken("values nested more than 1000 deep"))
	}
}

// Another is called before each value of any type.
func (m *Message) Another() {
	if m.values--; m.limited && m.values < 0 {
		panic(Broken("more than 4,194,304 values"))
	}
}

// Higher ends what Deeper began.
func (m *Message) Higher() { m.depth-- }

// PutNull writes nil, or what a function without results gives.
func (m *Message) PutNull() { m.out = append(m.out, 'n') }

// Integer reads one of that many bits.
func (m *Message) Integer(bits int) int64 {
	m.Expect('i')
	value := int64(m.Long())
	if value<<(64-bits)>>(64-bits) != value {
		panic(Broken("an integer out of its range"))
	}
	return value
}

// Unsigned reads one of that many bits.
func (m *Message) Unsigned(bits int) uint64 {
	var value uint64
	switch sign := m.Byte(); sign {
	case 'i':
		value = m.Long()
		if int64(value) < 0 || value<<(64-bits)>>(64-bits) != value {
			panic(Broken("an unsigned integer out of its range"))
		}
	case 'I':
		size := m.Count()
		if size == 9 {
			value = m.Long()
		}
		if size != 9 || value>>63 != 1 || m.Byte() != 0 || bits != 64 {
			panic(Broken("an unsigned integer out of its range"))
		}
	default:
		panic(Wrong(sign, "i"))
	}
	return value
}

// PutInteger writes one.
func (m *Message) PutInteger(value int64) { m.out = appendLong(append(m.out, 'i'), uint64(value)) }

// PutUnsigned writes one.
func (m *Message) PutUnsigned(value uint64) {
	if value>>63 == 0 {
		m.PutInteger(int64(value))
		return
	}
	m.PutCount('I', 9)
	m.PutLong(value)
	m.PutByte(0)
}

func (m *Message) Bool() bool {
	sign := m.Byte()
	if sign != 't' && sign != 'f' {
		panic(Wrong(sign, "t' or 'f"))
	}
	return sign == 't'
}

func (m *Message) PutBool(value bool) {
	sign := byte('f')
	if value {
		sign = 't'
	}
	m.out = append(m.out, sign)
}

func (m *Message) Int() int             { return int(m.Integer(64)) }
func (m *Message) Int8() int8           { return int8(m.Integer(8)) }
func (m *Message) Int16() int16         { return int16(m.Integer(16)) }
func (m *Message) Int32() int32         { return int32(m.Integer(32)) }
func (m *Message) Int64() int64         { return m.Integer(64) }
func (m *Message) Uint() uint           { return uint(m.Unsigned(64)) }
func (m *Message) Uint8() uint8         { return uint8(m.Unsigned(8)) }
func (m *Message) Uint16() uint16       { return uint16(m.Unsigned(16)) }
func (m *Message) Uint32() uint32       { return uint32(m.Unsigned(32)) }
func (m *Message) Uint64() uint64       { return m.Unsigned(64) }
func (m *Message) PutInt(value int)     { m.PutInteger(int64(value)) }
func (m *Message) PutInt8(value int8)   { m.PutInteger(int64(value)) }
func (m *Message) PutInt16(value int16) { m.PutInteger(int64(value)) }
func (m *Message) PutInt32(value int32) { m.PutInteger(int64(value)) }
func (m *Message) PutInt64(value int64) { m.PutInteger(value) }
func (m *Message) PutUint(value uint)   { m.PutUnsigned(uint64(value)) }
func (m *Message) PutUint8(value uint8) { m.PutUnsigned(uint64(value)) }

func (m *Message) PutUint16(value uint16) { m.PutUnsigned(uint64(value)) }
func (m *Message) PutUint32(value uint32) { m.PutUnsigned(uint64(value)) }
func (m *Message) PutUint64(value uint64) { m.PutUnsigned(value) }

func (m *Message) Float64() float64 {
	m.Expect('d')
	return math.Float64frombits(m.Long())
}

func (m *Message) PutFloat64(value float64) {
	m.out = appendLong(append(m.out, 'd'), math.Float64bits(value))
}

func (m *Message) Float32() float32 {
	m.Expect('e')
	b := m.take(4)
	return math.Float32frombits(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24)
}

func (m *Message) PutFloat32(value float32) { m.PutCount('e', int(math.Float32bits(value))) }

func (m *Message) String() string {
	m.Expect('s')
	return string(m.take(m.Count()))
}

func (m *Message) PutString(value string) {
	m.PutByte('s')
	m.PutText(value)
}

func (m *Message) Bytes() []byte {
	if !m.Some('b') {
		return nil
	}
	return append([]byte{}, m.take(m.Count())...)
}

func (m *Message) PutBytes(value []byte) {
	if value == nil {
		m.PutNull()
		return
	}
	m.PutCount('b', len(value))
	m.out = append(m.out, value...)
}

// Text reads the name of a type: a length and bytes.
func (m *Message) Text() string { return string(m.take(m.Count())) }

// PutText writes one.
func (m *Message) PutText(value string) {
	m.putSize(len(value))
	m.out = append(m.out, value...)
}

// Peek gives the sign of the next value.
func (m *Message) Peek() byte {
	sign := m.Byte()
	m.at--
	return sign
}

type text string

func (t text) Error() string { return string(t) }

// Error reads an error, of which the text crosses.
func (m *Message) Error() error {
	if !m.Some('s') {
		return nil
	}
	m.at--
	return text(m.String())
}

func (m *Message) PutError(value error) {
	if value == nil {
		m.PutNull()
		return
	}
	m.PutString(value.Error())
}

func list[T any](m *Message, read func(*Message) T) []T {
	if !m.Some('l') {
		return nil
	}
	values := make([]T, m.Count())
	for i := range values {
		values[i] = read(m)
	}
	return values
}

func putList[T any](m *Message, values []T, put func(*Message, T)) {
	if values == nil {
		m.PutNull()
		return
	}
	m.PutCount('l', len(values))
	for _, value := range values {
		put(m, value)
	}
}

func fill[T any](m *Message, into []T, read func(*Message) T) {
	m.Expect('l')
	if m.Count() != len(into) {
		panic(Broken("an array of another length"))
	}
	for i := range into {
		into[i] = read(m)
	}
}

func table[K comparable](m *Message, read func(*Message) K) map[K]int {
	if !m.Some('m') {
		return nil
	}
	count := m.Count()
	values := make(map[K]int, count)
	for i := 0; i < count; i++ {
		key := read(m)
		values[key] = m.Int()
	}
	if len(values) != count {
		panic(Broken("a map that has a key twice"))
	}
	return values
}

func putTable[K comparable](m *Message, values map[K]int, put func(*Message, K)) {
	if values == nil {
		m.PutNull()
		return
	}
	m.PutCount('m', len(values))
	for key, value := range values {
		put(m, key)
		m.PutInt(value)
	}
}

func (m *Message) Ints() []int          { return list(m, (*Message).Int) }
func (m *Message) Int32s() []int32      { return list(m, (*Message).Int32) }
func (m *Message) Float64s() []float64  { return list(m, (*Message).Float64) }
func (m *Message) Strings() []string    { return list(m, (*Message).String) }
func (m *Message) Bools() []bool        { return list(m, (*Message).Bool) }
func (m *Message) IntRows() [][]int     { return list(m, (*Message).Ints) }
func (m *Message) TextRows() [][]string { return list(m, (*Message).Strings) }
func (m *Message) IntPairs() [][2]int   { return list(m, (*Message).IntPair) }

func (m *Message) IntPair() (pair [2]int)       { fill(m, pair[:], (*Message).Int); return }
func (m *Message) FloatPair() (pair [2]float64) { fill(m, pair[:], (*Message).Float64); return }
func (m *Message) TextCounts() map[string]int   { return table(m, (*Message).String) }
func (m *Message) RuneCounts() map[rune]int     { return table(m, (*Message).Int32) }

func (m *Message) PutInts(v []int)                { putList(m, v, (*Message).PutInt) }
func (m *Message) PutInt32s(v []int32)            { putList(m, v, (*Message).PutInt32) }
func (m *Message) PutFloat64s(v []float64)        { putList(m, v, (*Message).PutFloat64) }
func (m *Message) PutStrings(v []string)          { putList(m, v, (*Message).PutString) }
func (m *Message) PutBools(v []bool)              { putList(m, v, (*Message).PutBool) }
func (m *Message) PutIntRows(v [][]int)           { putList(m, v, (*Message).PutInts) }
func (m *Message) PutTextRows(v [][]string)       { putList(m, v, (*Message).PutStrings) }
func (m *Message) PutIntPairs(v [][2]int)         { putList(m, v, (*Message).PutIntPair) }
func (m *Message) PutIntPair(v [2]int)            { putList(m, v[:], (*Message).PutInt) }
func (m *Message) PutFloatPair(v [2]float64)      { putList(m, v[:], (*Message).PutFloat64) }
func (m *Message) PutTextCounts(v map[string]int) { putTable(m, v, (*Message).PutString) }
func (m *Message) PutRuneCounts(v map[rune]int)   { putTable(m, v, (*Message).PutInt32) }
