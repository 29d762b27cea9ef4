// Package wall has the messages and values of docs/wall.md, and the loop of a program that answers calls.
//
// It needs neither fmt nor reflect, without which a program is linked in three quarters of the time. Package open has
// what is written with reflect.
package wall

import (
	"math"
	"syscall"
)

const mostBytes = 16 << 20

// Broken is what reading panics with: the bytes are no message, or no value of the type that was asked for.
type Broken string

func (b Broken) Error() string { return string(b) }

// Message is one that is read, from In, or one that is written, to Out.
type Message struct {
	In, Out []byte
	Values  int // that package open has read
}

// Serve answers calls until there are no more. A fork of the program that comes back answers none.
func Serve(functions ...func(*Message)) {
	owner := syscall.Getpid()
	for {
		m := Receive(3)
		if m == nil || m.Byte() != 'C' {
			return
		}
		m.Begin('R')
		m.PutLong(m.Long())
		function := int(m.Byte()) | int(m.Byte())<<8
		m.Byte() // how many arguments
		functions[function](m)
		if syscall.Getpid() != owner {
			syscall.Exit(1)
		}
		if !m.Send(4) {
			return
		}
	}
}

// Read reads exactly `size` bytes, nil where there are fewer.
func Read(fd, size int) []byte {
	buffer := make([]byte, size)
	for at := 0; at < size; {
		count, err := syscall.Read(fd, buffer[at:])
		if err == syscall.EINTR || err == syscall.EAGAIN {
			continue
		}
		if err != nil || count <= 0 {
			return nil
		}
		at += count
	}
	return buffer
}

// Write writes all of it, and says whether somebody was there to read.
func Write(fd int, raw []byte) bool {
	for len(raw) > 0 {
		count, err := syscall.Write(fd, raw)
		if err == syscall.EINTR || err == syscall.EAGAIN {
			continue
		}
		if err != nil {
			return false
		}
		raw = raw[count:]
	}
	return true
}

// Receive gives the next message, nil where the pipe has ended, be it within one.
func Receive(fd int) *Message {
	m := &Message{In: Read(fd, 4)}
	if m.In == nil {
		return nil
	}
	size := m.size()
	if size > mostBytes {
		panic(Broken("a message of more than 16 MiB"))
	}
	if m.In = Read(fd, size); m.In == nil {
		return nil
	}
	return m
}

// Begin begins to write a message of a kind.
func (m *Message) Begin(kind byte) { m.Out = []byte{0, 0, 0, 0, kind} }

// Send sends what was written, and says whether somebody was there to read.
func (m *Message) Send(fd int) bool {
	size := len(m.Out) - 4
	if size > mostBytes {
		panic("values of more than 16 MiB")
	}
	for i := 0; i < 4; i++ {
		m.Out[i] = byte(size >> (8 * i))
	}
	return Write(fd, m.Out)
}

func (m *Message) take(size int) []byte {
	if size > len(m.In) {
		panic(Broken("a message that ends too soon"))
	}
	taken := m.In[:size]
	m.In = m.In[size:]
	return taken
}

func (m *Message) unsigned(bytes int) (value uint64) {
	for i, b := range m.take(bytes) {
		value |= uint64(b) << (8 * i)
	}
	return value
}

func (m *Message) put(value uint64, bytes int) {
	for i := 0; i < bytes; i++ {
		m.Out = append(m.Out, byte(value>>(8*i)))
	}
}

func (m *Message) size() int            { return int(m.unsigned(4)) }
func (m *Message) Byte() byte           { return m.take(1)[0] }
func (m *Message) PutByte(value byte)   { m.Out = append(m.Out, value) }
func (m *Message) Long() uint64         { return m.unsigned(8) }
func (m *Message) PutLong(value uint64) { m.put(value, 8) }

// Count reads how many values or bytes follow, each of which takes a byte at least.
func (m *Message) Count() int {
	count := m.size()
	if count > len(m.In) {
		panic(Broken("a message that ends too soon"))
	}
	return count
}

// PutCount writes it behind the sign of a value.
func (m *Message) PutCount(sign byte, count int) {
	m.PutByte(sign)
	m.put(uint64(count), 4)
}

// Text reads a length and bytes, without a sign.
func (m *Message) Text() string { return string(m.take(m.Count())) }

// PutText writes them.
func (m *Message) PutText(value string) {
	m.put(uint64(len(value)), 4)
	m.Out = append(m.Out, value...)
}

// Expect reads the sign of a value.
func (m *Message) Expect(sign byte) {
	if found := m.Byte(); found != sign {
		panic(Broken("a value that begins with '" + string(rune(found)) + "', not with '" + string(rune(sign)) + "'"))
	}
}

// Some reads the sign of a value, or a null and says false.
func (m *Message) Some(sign byte) bool {
	if len(m.In) > 0 && m.In[0] == 'n' {
		m.Byte()
		return false
	}
	m.Expect(sign)
	return true
}

// Readers and writers of values, by type.

func Bool(m *Message) bool {
	sign := m.Byte()
	if sign != 't' && sign != 'f' {
		panic(Broken("a value that begins with '" + string(rune(sign)) + "', not with 't' or 'f'"))
	}
	return sign == 't'
}

func PutBool(m *Message, value bool) {
	if value {
		m.PutByte('t')
	} else {
		m.PutByte('f')
	}
}

type signed interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64
}

type unsigned interface {
	~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// Fit gives a number as another type, which has to have it.
func Fit[To signed | unsigned, From signed | unsigned | ~float32 | ~float64](value From) To {
	fit := To(value)
	if From(fit) != value || (fit < 0) != (value < 0) {
		panic("a number out of the range of its parameter")
	}
	return fit
}

func Int[T signed](m *Message) T {
	m.Expect('i')
	long := int64(m.Long())
	if int64(T(long)) != long {
		panic(Broken("an integer out of its range"))
	}
	return T(long)
}

func PutInt[T signed](m *Message, value T) {
	m.PutByte('i')
	m.PutLong(uint64(value))
}

func Uint[T unsigned](m *Message) T {
	isBig := len(m.In) > 0 && m.In[0] == 'I'
	if isBig {
		m.Byte()
		if m.Count() != 9 {
			panic(Broken("an unsigned integer out of its range"))
		}
	} else {
		m.Expect('i')
	}
	long := m.Long()
	if uint64(T(long)) != long || isBig != (long>>63 == 1) || isBig && m.Byte() != 0 {
		panic(Broken("an unsigned integer out of its range"))
	}
	return T(long)
}

func PutUint[T unsigned](m *Message, value T) {
	if uint64(value)>>63 == 0 {
		PutInt(m, int64(value))
		return
	}
	m.PutCount('I', 9)
	m.PutLong(uint64(value))
	m.PutByte(0)
}

func Float64(m *Message) float64 {
	m.Expect('d')
	return math.Float64frombits(m.Long())
}

func PutFloat64(m *Message, value float64) {
	m.PutByte('d')
	m.PutLong(math.Float64bits(value))
}

func Float32(m *Message) float32 {
	m.Expect('e')
	return math.Float32frombits(uint32(m.size()))
}

func PutFloat32(m *Message, value float32) { m.PutCount('e', int(math.Float32bits(value))) }

func String(m *Message) string {
	m.Expect('s')
	return m.Text()
}

func PutString(m *Message, value string) {
	m.PutByte('s')
	m.PutText(value)
}

func PutError(m *Message, value error) {
	if value == nil {
		m.PutByte('n')
		return
	}
	PutString(m, value.Error())
}

func Bytes(m *Message) []byte {
	if !m.Some('b') {
		return nil
	}
	return []byte(m.Text())
}

func PutBytes(m *Message, value []byte) {
	if value == nil {
		m.PutByte('n')
		return
	}
	m.PutByte('b')
	m.PutText(string(value))
}

func List[T any](read func(*Message) T) func(*Message) []T {
	return func(m *Message) []T {
		if !m.Some('l') {
			return nil
		}
		values := make([]T, m.Count())
		for i := range values {
			values[i] = read(m)
		}
		return values
	}
}

func PutList[T any](put func(*Message, T)) func(*Message, []T) {
	return func(m *Message, values []T) {
		if values == nil {
			m.PutByte('n')
			return
		}
		m.PutCount('l', len(values))
		for _, value := range values {
			put(m, value)
		}
	}
}
