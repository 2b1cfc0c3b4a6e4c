// Answers the questions of package phporacle: frames on standard input, each a
// length, the question and its inputs, and one answer with its length for each.
error_reporting(0);
$in = fopen('php://stdin', 'rb');
$out = fopen('php://stdout', 'wb');
stream_set_read_buffer($in, 1 << 20);

function read_exactly($in, $size) {
    $data = '';
    while (strlen($data) < $size) {
        $part = fread($in, $size - strlen($data));
        if ($part === false || $part === '') {
            exit(strlen($data) === 0 ? 0 : 1);
        }
        $data .= $part;
    }
    return $data;
}

function encoded($value) {
    $json = json_encode($value);
    return $json === false ? '!' . json_last_error() : '=' . $json;
}

function truth($condition) {
    return $condition ? '1' : '0';
}

function coerced($s) {
    $number = filter_var($s, FILTER_VALIDATE_INT);
    $truth = filter_var($s, FILTER_VALIDATE_BOOL, FILTER_NULL_ON_FAILURE);
    return implode("\n", [
        intval($s),
        bin2hex(pack('E', floatval($s))),
        truth(boolval($s)),
        truth(is_numeric($s)),
        truth(ctype_digit($s)),
        $s <=> 0,
        $s <=> 1,
        $s <=> PHP_INT_MAX,
        $s <=> PHP_INT_MIN,
        $number === false ? 'false' : $number,
        $truth === null ? 'null' : truth($truth),
    ]);
}

function answer($question, $input) {
    switch ($question) {
        case 'q':
            parse_str($input, $vars);
            return serialize($vars) . "\n" . encoded($vars);
        case 'j':
            return encoded(unserialize($input, ['max_depth' => 0]));
        case 'c':
            return coerced($input);
        case 'e':
            $size = unpack('V', $input)[1];
            return truth(substr($input, 4, $size) == substr($input, 4 + $size));
    }
    exit(2);
}

while (true) {
    $frame = read_exactly($in, unpack('V', read_exactly($in, 4))[1]);
    $question = $frame[0];
    $reply = '';
    for ($at = 1; $at < strlen($frame); $at += $size) {
        $size = unpack('V', $frame, $at)[1];
        $at += 4;
        $one = answer($question, substr($frame, $at, $size));
        $reply .= pack('V', strlen($one)) . $one;
    }
    for ($sent = 0; $sent < strlen($reply); $sent += $written) {
        $written = fwrite($out, $sent === 0 ? $reply : substr($reply, $sent));
        if ($written === false || $written === 0) {
            exit(3);
        }
    }
}
