<?php

// Writes each line, base64 of a JSON text, as PHP writes its value: one JSON object per line, from habits to base64.

declare(strict_types=1);

while (($line = fgets(STDIN)) !== false) {
    $text = base64_decode(trim($line));
    $array = json_decode($text, true);
    $object = json_decode($text);
    $written = [
        'json_encode' => json_encode($array),
        'json_encode of objects' => json_encode($object),
        'JSON_UNESCAPED_SLASHES' => json_encode($object, JSON_UNESCAPED_SLASHES),
        'JSON_UNESCAPED_UNICODE' => json_encode($object, JSON_UNESCAPED_UNICODE),
        'both' => json_encode($object, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES),
        'JSON_PRETTY_PRINT' => json_encode($object, JSON_PRETTY_PRINT),
        'JSON_PRESERVE_ZERO_FRACTION' => json_encode($object, JSON_PRESERVE_ZERO_FRACTION),
        'JSON_HEX_TAG' => json_encode($object, JSON_HEX_TAG | JSON_HEX_AMP),
    ];
    ini_set('serialize_precision', '17');
    $written['serialize_precision 17'] = json_encode($object);
    ini_set('serialize_precision', '-1');
    echo json_encode(array_map('base64_encode', $written), JSON_UNESCAPED_SLASHES), "\n";
}
