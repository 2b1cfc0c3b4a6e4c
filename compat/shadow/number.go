package shadow

import (
	"math/big"
	"strconv"
	"strings"
)

// integral reports whether a JSON number is written as an integer, which is what
// parsers go by.
func integral(raw string) bool { return !strings.ContainsAny(raw, ".eE") }

// canonical writes a JSON number so that equal numbers are equal texts, whatever
// their size.
func canonical(raw string) string {
	sign := ""
	if strings.HasPrefix(raw, "-") {
		sign, raw = "-", raw[1:]
	}
	mantissa, exponent := raw, int64(0)
	if at := strings.IndexAny(raw, "eE"); at >= 0 {
		var err error
		mantissa = raw[:at]
		if exponent, err = strconv.ParseInt(raw[at+1:], 10, 32); err != nil {
			return sign + raw
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	number := strings.TrimLeft(whole+fraction, "0")
	exponent -= int64(len(fraction))
	short := strings.TrimRight(number, "0")
	if short == "" {
		return "0"
	}
	exponent += int64(len(number) - len(short))
	return sign + short + "e" + strconv.FormatInt(exponent, 10)
}

// near reports whether two decimal numbers are at most amount apart.
func near(a, b string, amount float64) bool {
	const most = 100
	if len(a) > most || len(b) > most {
		return false
	}
	x, _, errX := big.ParseFloat(a, 10, 256, big.ToNearestEven)
	y, _, errY := big.ParseFloat(b, 10, 256, big.ToNearestEven)
	if errX != nil || errY != nil || x.IsInf() || y.IsInf() {
		return false
	}
	// Half a unit of what a float64 can tell is forgiven, so that an amount of
	// 0.1 covers 0.2 against 0.3.
	limit := new(big.Float).SetFloat64(amount * (1 + 1e-12))
	distance := x.Sub(x, y)
	return distance.Abs(distance).Cmp(limit) <= 0
}
