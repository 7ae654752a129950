<?php
// Times the PHP extension and the code that a user would write instead. Prints one JSON line per measurement.
//
//   php -d extension=… driver.php FOLDER-OF-BODIES BODY…

declare(strict_types=1);

use Payvost\Webhooks\SignatureVerificationException;
use Payvost\Webhooks\WebhookVerifier;

use function Payvost\Webhooks\sign;
use function Payvost\Webhooks\verifyWebhook;

require __DIR__ . '/guide.php';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ROUNDS = 31;
const LOOP_NANOSECONDS = 10e6;

ini_set('memory_limit', '1G');
main($argv[1], array_slice($argv, 2));

function main(string $folder, array $bodies): void
{
    foreach (['event', ...$bodies] as $name) {
        measure($name, subjects(body($folder, $name)));
    }
    foreach (['event', '32-kib'] as $name) {
        measure("refusal-$name", refusals(body($folder, $name)));
    }
}

function body(string $folder, string $name): string
{
    return file_get_contents("$folder/$name.json") ?: throw new RuntimeException("no body $name");
}

/** @return array<string, Closure> */
function subjects(string $payload): array
{
    $signature = sign($payload, SECRET);
    $verifier = new WebhookVerifier(SECRET);
    $subjects = [
        'ours' => fn () => $verifier->verify($payload, $signature),
        'ours-once' => fn () => verifyWebhook($payload, $signature, SECRET),
        'guide' => fn () => Guide\verifyWebhook($payload, $signature, SECRET),
        'safe' => fn () => Guide\verifyWebhookSafely($payload, $signature, SECRET),
    ];
    foreach ($subjects as $name => $verify) {
        if ($verify() !== json_decode($payload, true)) {
            throw new LogicException("$name gave another event");
        }
    }
    return $subjects;
}

/** @return array<string, Closure> */
function refusals(string $payload): array
{
    $verifier = new WebhookVerifier(SECRET);
    $forged = sign($payload, 'whsec_another');
    return [
        'ours' => function () use ($verifier, $payload, $forged) {
            try {
                $verifier->verify($payload, $forged);
            } catch (SignatureVerificationException) {
                return;
            }
            throw new LogicException('accepted');
        },
        'guide' => function () use ($payload, $forged) {
            try {
                Guide\verifyWebhookSafely($payload, $forged, SECRET);
            } catch (Exception) {
                return;
            }
            throw new LogicException('accepted');
        },
        'hash' => fn () => hash_hmac('sha256', $payload, SECRET),
    ];
}

/**
 * The best of several loops. The subjects take turns, so that noise meets all of them.
 *
 * @param array<string, Closure> $subjects
 */
function measure(string $case, array $subjects): void
{
    $lengths = array_map(loopLength(...), $subjects);
    $best = array_fill_keys(array_keys($subjects), INF);
    for ($round = 0; $round < ROUNDS; $round++) {
        foreach ($subjects as $name => $subject) {
            $best[$name] = min($best[$name], loop($subject, $lengths[$name]) / $lengths[$name]);
        }
    }
    foreach ($best as $name => $nanoseconds) {
        $line = ['language' => 'php', 'case' => $case, 'subject' => $name, 'nanoseconds' => $nanoseconds];
        echo json_encode($line, JSON_THROW_ON_ERROR), "\n";
    }
}

function loopLength(Closure $subject): int
{
    for ($length = 1; loop($subject, $length) < LOOP_NANOSECONDS / 2; $length *= 2);
    return $length;
}

function loop(Closure $subject, int $length): float
{
    $started = hrtime(true);
    for ($turn = 0; $turn < $length; $turn++) {
        $subject();
    }
    return (float) (hrtime(true) - $started);
}
