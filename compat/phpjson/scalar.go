package phpjson

import (
	"errors"
	"math"
	"strconv"
)

// ErrInfOrNaN is returned for a float that JSON cannot express; json_encode
// returns false for it (JSON_ERROR_INF_OR_NAN).
var ErrInfOrNaN = errors.New("infinite or undefined number cannot be written as JSON")

// AppendNull appends null.
func AppendNull(dst []byte) []byte { return append(dst, "null"...) }

// AppendBool appends true or false.
func AppendBool(dst []byte, b bool) []byte { return strconv.AppendBool(dst, b) }

// AppendInt appends a number.
func AppendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// AppendUint appends a number. PHP has no unsigned integers, so beyond the
// highest signed one there is no answer of PHP that this would be.
func AppendUint(dst []byte, n uint64) []byte { return strconv.AppendUint(dst, n, 10) }

// AppendIntString appends a number in quotes, the form in which a number from
// the database appears: MySQL's text protocol gives PHP strings.
func AppendIntString(dst []byte, n int64) []byte {
	dst = append(dst, '"')
	return append(strconv.AppendInt(dst, n, 10), '"')
}

// AppendUintString appends a number in quotes, as AppendIntString does.
func AppendUintString(dst []byte, n uint64) []byte {
	dst = append(dst, '"')
	return append(strconv.AppendUint(dst, n, 10), '"')
}

// AppendFloat appends a float with the fewest digits that read back as the same
// float, as PHP does with serialize_precision=-1: without a fraction where it is
// integral, with an exponent below 0.0001 and from 18 digits before the point.
// For an infinity or NaN it gives dst unchanged and ErrInfOrNaN.
func AppendFloat(dst []byte, f float64) ([]byte, error) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return dst, ErrInfOrNaN
	}
	// The format 'e' gives the digits d.ddde±xx from which PHP's is put together.
	var buffer [32]byte
	scientific := strconv.AppendFloat(buffer[:0], f, 'e', -1, 64)
	if scientific[0] == '-' {
		dst = append(dst, '-')
		scientific = scientific[1:]
	}
	mark := len(scientific) - 1
	for scientific[mark] != 'e' {
		mark--
	}
	exponent := 0
	for _, c := range scientific[mark+2:] {
		exponent = exponent*10 + int(c-'0')
	}
	if scientific[mark+1] == '-' {
		exponent = -exponent
	}
	first, fraction := scientific[0], scientific[1:mark]
	if len(fraction) > 0 {
		fraction = fraction[1:]
	}
	const precision = 17
	point := exponent + 1 // digits before the decimal point; 1 for zero, whose exponent is 0
	switch {
	case point < -3 || point > precision:
		return appendScientific(dst, first, fraction, exponent), nil
	case point <= 0:
		dst = append(dst, '0', '.')
		dst = append(dst, "000"[:-point]...)
		dst = append(dst, first)
		dst = append(dst, fraction...)
	default:
		dst = append(dst, first)
		whole := min(exponent, len(fraction))
		dst = append(dst, fraction[:whole]...)
		dst = append(dst, "0000000000000000"[:exponent-whole]...)
		if whole < len(fraction) {
			dst = append(dst, '.')
			dst = append(dst, fraction[whole:]...)
		}
	}
	return dst, nil
}

// appendScientific appends the form with an exponent, which has at least one
// digit behind the point and no zeros before the exponent's digits.
func appendScientific(dst []byte, first byte, fraction []byte, exponent int) []byte {
	dst = append(dst, first, '.')
	if len(fraction) == 0 {
		dst = append(dst, '0')
	}
	dst = append(dst, fraction...)
	if exponent < 0 {
		dst = append(dst, 'e', '-')
		exponent = -exponent
	} else {
		dst = append(dst, 'e', '+')
	}
	return strconv.AppendInt(dst, int64(exponent), 10)
}
