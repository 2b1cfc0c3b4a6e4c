<?php
// The PHP reference of the benchmark: four actions of the API as one would
// write them for production in PHP, with the gateway's tables and indexes and
// the queries that are fastest in PHP. It answers the same bytes as the
// gateway; the benchmark checks it.
declare(strict_types=1);

$config = require __DIR__ . '/config.php';

function respond(array $answer, int $status = 200): never
{
    $body = json_encode($answer);
    http_response_code($status);
    header('Content-Type: application/json');
    // With the length known nginx need not send chunks.
    header('Content-Length: ' . strlen($body));
    echo $body;
    exit;
}

// The signature as the vendor published it; the key is in a file.
$signed = preg_replace('/&hash=.*$/', '', $_SERVER['QUERY_STRING']);
$hash = base64_encode(hash_hmac('sha256', $signed, $config['secret'], true));
if (($_GET['apiKey'] ?? '') !== $config['api_key'] || !hash_equals($hash, $_GET['hash'] ?? '')) {
    respond(['success' => 0, 'message' => 'Unable to authenticate'], 401);
}

// Connections are kept between requests, and statements are not prepared on
// the server: each would cost a round trip.
$db = new PDO($config['dsn'], $config['user'], $config['password'], [
    PDO::ATTR_PERSISTENT => true,
    PDO::ATTR_EMULATE_PREPARES => true,
    PDO::ATTR_STRINGIFY_FETCHES => true,
    PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
]);

function select(PDO $db, string $sql, array $values = []): PDOStatement
{
    $statement = $db->prepare($sql);
    $statement->execute($values);
    return $statement;
}

function getPeers(PDO $db): never
{
    $exchange = $_REQUEST['public_id'];
    $records = [];
    $rows = select($db, 'SELECT network_id, request_status, qualified, is_peer FROM communications WHERE exchange_id = ?', [$exchange]);
    foreach ($rows->fetchAll(PDO::FETCH_NUM) as $row) {
        $records[$row[0]] = $row;
    }
    $peers = $asns = [];
    $rows = select($db, 'SELECT DISTINCT peer_participant_id, peer_asn FROM sessions WHERE deleted_at IS NULL AND public_id = ?', [$exchange]);
    foreach ($rows->fetchAll(PDO::FETCH_NUM) as [$network, $asn]) {
        if ($network !== null) {
            $peers[$network] = true;
        } elseif ($asn !== null) {
            $asns[$asn] = true;
        }
    }
    $data = [];
    $rows = select($db, 'SELECT n.id, n.asn, n.name, n.info_prefixes FROM networks n WHERE n.gone_at IS NULL'
        . ' AND n.id IN (SELECT p.network_id FROM ports p WHERE p.exchange_id = ? AND p.gone_at IS NULL)'
        . ' ORDER BY n.name_fold, n.id', [$exchange]);
    foreach ($rows->fetchAll(PDO::FETCH_NUM) as [$id, $asn, $name, $prefixes]) {
        $record = $records[$id] ?? null;
        $data[] = [
            'id' => $id,
            'public_id' => $record === null ? null : $exchange,
            'asn' => $asn,
            'name' => $name,
            'qualified' => ($record[2] ?? '1') === '1',
            'is_peer' => ($record[3] ?? '0') === '1' || isset($peers[$id]) || isset($asns[$asn]) ? 1 : 0,
            'request_status' => $record[1] ?? null,
            'info_prefixes' => $prefixes,
            'public_ips' => [],
            'contacts' => [],
            'log_data' => [],
        ];
    }
    if ($data === []) {
        respond(['success' => 1, 'message' => 'No peers found.']);
    }
    respond(['success' => 1, 'message' => count($data) . ' peers found.', 'data' => $data]);
}

function getSessions(PDO $db): never
{
    $data = select($db, 'SELECT s.id, s.source_asn, s.source_ipaddr, s.resource_id, r.name AS resource_name, s.peer_asn, s.peer_name,'
        . ' s.peer_participant_id, s.peer_ipaddr, s.peer_hostname, s.peer_group, s.public_id, e.name AS public_name, s.ip_type,'
        . ' s.type, s.state, s.prfx_max, s.prfx_received, s.password, s.note FROM sessions s'
        . ' LEFT JOIN resources r ON r.id = s.resource_id LEFT JOIN exchanges e ON e.id = s.public_id'
        . ' WHERE s.deleted_at IS NULL AND s.id = ? ORDER BY s.id', [$_REQUEST['id']])->fetchAll(PDO::FETCH_ASSOC);
    if ($data === []) {
        respond(['success' => 1, 'message' => 'No peers found.']);
    }
    respond(['success' => 1, 'message' => count($data) . ' sessions found.', 'data' => $data]);
}

function getLIRs(PDO $db, array $keys): never
{
    $lirs = $values = [];
    $rows = select($db, "SELECT r.id, r.name, r.slug, v.slug, v.instance, v.value, v.secret_id, x.key_id, x.sealed FROM resources r"
        . ' LEFT JOIN field_values v ON v.resource_id = r.id LEFT JOIN secrets x ON x.id = v.secret_id'
        . " WHERE r.section_id = (SELECT id FROM resources WHERE live_slug = 'lir') AND r.type = 'entry' AND r.deleted_at IS NULL"
        . ' ORDER BY r.id');
    foreach ($rows->fetchAll(PDO::FETCH_NUM) as [$id, $name, $slug, $field, $instance, $value, $secret, $key, $sealed]) {
        $lirs[$id] ??= ['id' => $id, 'name' => $name, 'slug' => $slug];
        if ($secret !== null) {
            $value = openssl_decrypt(substr($sealed, 12, -16), 'aes-256-gcm', $keys[$key], OPENSSL_RAW_DATA,
                substr($sealed, 0, 12), substr($sealed, -16), "secret $secret");
        }
        if ($field !== null) {
            $values[$id][$field][$instance] = $value;
        }
    }
    $data = [];
    foreach ($lirs as $id => $lir) {
        $fields = $values[$id] ?? [];
        $rir = $fields['rir'][0] ?? '';
        $family = $rir === 'ARIN'
            ? ['org-handle' => '', 'admin-poc' => '', 'net-poc' => '', 'abuse-poc' => '', 'net-name-prefix' => '', 'api-key' => null]
            : ['mnt-by' => '', 'mnt-by-password' => null, 'admin-c' => '', 'tech-c' => '', 'api-key' => null];
        $instances = array_keys($fields[array_key_first($family)] ?? []);
        sort($instances);
        $lir['entities'] = [];
        foreach ($instances as $instance) {
            $entity = [];
            foreach ($family as $field => $unset) {
                $entity[strtr($field, '-', '_')] = $fields[$field][$instance] ?? $unset;
            }
            $lir['entities'][] = $entity;
        }
        $lir['rir'] = $rir;
        if (($fields['asn'][0] ?? '') !== '') {
            $lir['asn'] = $fields['asn'][0];
        }
        $data[] = $lir;
    }
    respond(['success' => 1, 'message' => count($data) . ' objects found', 'data' => $data]);
}

function address(string $name): ?string
{
    if (($_REQUEST[$name] ?? '') === '') {
        return null;
    }
    $packed = @inet_pton($_REQUEST[$name]);
    if ($packed === false) {
        respond(['success' => 0, 'message' => "Invalid value for $name: {$_REQUEST[$name]}"]);
    }
    return inet_ntop($packed);
}

function addSession(PDO $db): never
{
    $s = ['id' => null, 'source_asn' => null, 'source_ipaddr' => address('source_ipaddr'), 'resource_id' => null, 'resource_name' => null,
        'peer_asn' => null, 'peer_name' => null, 'peer_participant_id' => null, 'peer_ipaddr' => address('peer_ipaddr'),
        'peer_hostname' => null, 'peer_group' => null, 'public_id' => null, 'public_name' => null, 'ip_type' => null, 'type' => 'Peer',
        'state' => 'not configured', 'prfx_max' => null, 'prfx_received' => null, 'password' => '0', 'note' => null];
    foreach (['source_asn', 'resource_id', 'peer_asn', 'peer_participant_id', 'public_id', 'prfx_max'] as $name) {
        if (($_REQUEST[$name] ?? '') !== '') {
            if (!ctype_digit($_REQUEST[$name])) {
                respond(['success' => 0, 'message' => "Invalid value for $name: {$_REQUEST[$name]}"]);
            }
            $s[$name] = $_REQUEST[$name];
        }
    }
    foreach (['peer_name', 'peer_hostname', 'peer_group', 'type', 'state', 'password', 'note'] as $name) {
        $s[$name] = $_REQUEST[$name] ?? $s[$name];
    }
    foreach (['peer_asn', 'peer_ipaddr', 'source_asn'] as $name) {
        if ($s[$name] === null) {
            respond(['success' => 0, 'message' => "Missing required parameter: $name"]);
        }
    }
    $s['ip_type'] = strpos($s['peer_ipaddr'], ':') === false ? 'ipv4' : 'ipv6';
    $now = time();
    $db->beginTransaction();
    $peer = $s['peer_participant_id'] !== null
        ? select($db, 'SELECT id, name, info_prefixes FROM networks WHERE id = ? LIMIT 1', [$s['peer_participant_id']])
        : select($db, 'SELECT id, name, info_prefixes FROM networks WHERE asn = ? ORDER BY gone_at IS NOT NULL, id LIMIT 1', [$s['peer_asn']]);
    [$network, $name, $prefixes] = $peer->fetch(PDO::FETCH_NUM) ?: [$s['peer_participant_id'], null, null];
    $peer->closeCursor();
    $s['peer_name'] ??= $name;
    $s['prfx_max'] ??= $prefixes;
    $label = "{$s['peer_name']} (AS{$s['source_asn']}/{$s['source_ipaddr']}) - (AS{$s['peer_asn']}/{$s['peer_ipaddr']})";
    try {
        // The unique key over live_key finds duplicates.
        select($db, 'INSERT INTO sessions (source_asn, source_ipaddr, resource_id, peer_asn, peer_name, peer_participant_id, peer_ipaddr,'
            . ' peer_hostname, peer_group, public_id, ip_type, type, state, prfx_max, password, note, created_at, modified_at, live_key)'
            . ' VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
            [$s['source_asn'], $s['source_ipaddr'], $s['resource_id'], $s['peer_asn'], $s['peer_name'], $s['peer_participant_id'],
                $s['peer_ipaddr'], $s['peer_hostname'], $s['peer_group'], $s['public_id'], $s['ip_type'], $s['type'], $s['state'],
                $s['prfx_max'], $s['password'], $s['note'], $now, $now, "{$s['resource_id']}|{$s['source_ipaddr']}|{$s['peer_ipaddr']}"]);
        $s['id'] = (int) $db->lastInsertId();
        select($db, 'INSERT INTO log_entries (network_id, exchange_id, message, time, session_id) VALUES (?, ?, ?, ?, ?)',
            [$network, $s['public_id'], "Session added: $label", $now, $s['id']]);
        $db->commit();
    } catch (PDOException $e) {
        $db->rollBack();
        $message = ($e->errorInfo[1] ?? 0) === 1062 ? "Session already exists: $label" : 'Internal error';
        respond(['success' => 0, 'message' => $message]);
    }
    respond(['success' => 1, 'message' => "Session added: $label", 'data' => $s]);
}

match (($_REQUEST['target'] ?? '') . '.' . ($_REQUEST['action'] ?? '')) {
    'peering.getPeers' => getPeers($db),
    'peering.getSessions' => getSessions($db),
    'peering.addSession' => addSession($db),
    'lir.get' => getLIRs($db, $config['keys']),
    default => respond(['success' => 0, 'message' => 'Invalid action: ' . ($_REQUEST['action'] ?? '')]),
};
